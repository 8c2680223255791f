#ifndef WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_
#define WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks::gateway {

// Told of every request that was answered, or given up (499). Called on all of
// the listener's threads; it must not block.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  // `method` is what the client sent; `route` the template that the path
  // matched, or "".
  virtual void RequestEnded(absl::string_view method, absl::string_view route,
                            int status, absl::Duration latency) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_
