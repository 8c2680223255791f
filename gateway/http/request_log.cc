#include "gateway/http/request_log.h"

#include <cstdint>

#include "server/runtime/log.h"

namespace webhooks::gateway {

void LogAnswer(const RequestHead& head, const HttpResponse& response,
               absl::string_view request_id, absl::Duration latency,
               RequestObserver& observer) {
  observer.RequestEnded(head.method, response.route, response.status, latency);
  constexpr std::size_t kLongestMethod = 16;
  LogEach(LogLevel::kInfo, "request",
          {{"method", head.method.substr(0, kLongestMethod)},
           {"route", response.route},
           {"status", std::int64_t{response.status}},
           {"reason", response.reason},
           {"latency_ms", absl::ToDoubleMilliseconds(latency)},
           {"request_id", request_id},
           {"project_id", response.project},
           {"trace_id", head.span.trace_id},
           {"span_id", head.span.span_id},
           {"parent_id", head.span.parent_id}});
}

}  // namespace webhooks::gateway
