#ifndef WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_
#define WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks::gateway {

// Notified of every request that was answered or cancelled (499). Called on all
// threads of the server; must not block.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  // `method` is as the client sent it; `route` is the path template, or "".
  virtual void RequestEnded(absl::string_view method, absl::string_view route,
                            int status, absl::Duration latency) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_OBSERVER_H_
