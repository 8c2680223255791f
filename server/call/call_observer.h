#ifndef WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
#define WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/call/call_connection.h"

namespace webhooks::server {

// Is notified of every finished call, on the thread that finishes it.
// Implementations must be thread-safe and must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // Returns the connection that gRPC names `peer`; null if it is not watched.
  virtual std::shared_ptr<CallConnection> ConnectionOf(
      absl::string_view /*peer*/) {
    return nullptr;
  }

  // `rpc` is "package.Service/Method" from the caller, which may not exist.
  virtual void OnCallFinished(absl::string_view rpc, absl::StatusCode code,
                              absl::Duration latency) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
