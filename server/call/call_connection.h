#ifndef WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_
#define WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_

#include <cstdint>

namespace webhooks::server {

// The connection of a call. Is notified of its calls, to detect floods.
// Thread-safe.
class CallConnection {
 public:
  virtual ~CallConnection() = default;

  virtual void OnCallStarted() = 0;
  virtual void OnCallFinished() = 0;

  // The call comes from a gateway, whose connection carries many clients.
  virtual void OnGatewayCall() = 0;

  // The caller was authenticated. At most once per call.
  virtual void OnCallAuthenticated() = 0;

  // A message of an authenticated call was read.
  virtual void OnMessageRead(std::int64_t bytes) = 0;

  // The call ended without authentication, through the fault of the caller. At
  // most once per call.
  virtual void OnAnonymousCall() = 0;

  // The call was cancelled right after its start. `is_known` is true if the
  // caller was authenticated, `has_expired` if the deadline has passed.
  virtual void OnCallReset(bool is_known, bool has_expired) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_CONNECTION_H_
