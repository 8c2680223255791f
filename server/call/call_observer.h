#ifndef WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
#define WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks::server {

// Told of every call that has ended, on the thread that ends it. Thread-safe;
// it must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // `rpc` is "package.Service/Method" as the caller has it, so it may be one
  // that nobody has.
  virtual void CallEnded(absl::string_view rpc, absl::StatusCode code,
                         absl::Duration latency) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_OBSERVER_H_
