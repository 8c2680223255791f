#ifndef WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
#define WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/call/call_connection.h"

namespace webhooks::server {

// Told of every call that has ended, on the thread that ends it. Thread-safe;
// it must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // Returns the connection that gRPC names `peer`; null if nobody watches it.
  virtual std::shared_ptr<CallConnection> ConnectionOf(
      absl::string_view /*peer*/) {
    return nullptr;
  }

  // `rpc` is "package.Service/Method" as the caller has it, so it may be one
  // that nobody has.
  virtual void CallEnded(absl::string_view rpc, absl::StatusCode code,
                         absl::Duration latency) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
