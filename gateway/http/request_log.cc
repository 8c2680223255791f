#include "gateway/http/request_log.h"

#include <cstdint>

#include "server/runtime/log.h"
#include "server/runtime/request_id.h"

namespace webhooks::gateway {

void LogAnswer(const RequestHead& head, const HttpResponse& response,
               absl::string_view request_id, absl::Duration latency,
               RequestObserver& observer) {
  observer.RequestEnded(head.method, response.route, response.status, latency);
  constexpr std::size_t kLongestMethod = 16;
  const auto parents = head.Values("traceparent");
  LogEach("request",
          {{"method", head.method.substr(0, kLongestMethod)},
           {"route", response.route},
           {"status", std::int64_t{response.status}},
           {"reason", response.reason},
           {"latency_ms", absl::ToDoubleMilliseconds(latency)},
           {"request_id", request_id},
           {"project_id", response.project},
           {"trace_id", parents.empty() ? "" : TraceId(parents[0])}});
}

}  // namespace webhooks::gateway
