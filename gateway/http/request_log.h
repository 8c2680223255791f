#ifndef WEBHOOKS_GATEWAY_HTTP_REQUEST_LOG_H_
#define WEBHOOKS_GATEWAY_HTTP_REQUEST_LOG_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/request_handler.h"
#include "gateway/http/request_observer.h"

namespace webhooks::gateway {

// Writes the log line of a request and notifies the observer. The line has the
// path template, never the path, query, keys or body.
void LogAnswer(const RequestHead& head, const HttpResponse& response,
               absl::string_view request_id, absl::Duration latency,
               RequestObserver& observer);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_LOG_H_
