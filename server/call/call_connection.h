#ifndef WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_
#define WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_

#include <cstdint>

namespace webhooks::server {

// The connection that calls came by. It is told of them, so that it can tell
// clients from floods. Thread-safe.
class CallConnection {
 public:
  virtual ~CallConnection() = default;

  // A call begins, and is over.
  virtual void CallBegins() = 0;
  virtual void CallEnds() = 0;

  // The connection brings the calls of many clients, as that of a gateway does.
  virtual void CarriesMany() = 0;

  // The sender of the call is known. At most once a call.
  virtual void CallIsKnown() = 0;

  // A message was read, of so many bytes, of a call whose sender is known.
  virtual void MessageIsRead(std::int64_t bytes) = 0;

  // The call was answered although its sender is not known. At most once a
  // call, and not if this server was at fault.
  virtual void CallIsAnonymous() = 0;

  // The call was cancelled as soon as it had begun, which `is_known` if its
  // sender was; `has_expired` if its deadline has passed.
  virtual void CallIsReset(bool is_known, bool has_expired) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_
