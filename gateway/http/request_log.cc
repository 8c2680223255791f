#include "gateway/http/request_log.h"

#include <cstdint>

#include "server/runtime/log.h"
#include "server/runtime/request_id.h"

namespace webhooks::gateway {

void LogAnswer(const RequestHead& head, const HttpResponse& response,
               absl::string_view request_id, absl::Duration latency) {
  constexpr std::size_t kLongestMethod = 16;
  const LogField method = {"method", head.method.substr(0, kLongestMethod)};
  const LogField route = {"route", response.route};
  const LogField status = {"status", std::int64_t{response.status}};
  const LogField took = {"latency_ms", absl::ToDoubleMilliseconds(latency)};
  const LogField id = {"request_id", request_id};
  const LogField project = {"project_id", response.project};
  const auto parents = head.Values("traceparent");
  const absl::string_view trace_id = parents.empty() ? "" : TraceId(parents[0]);
  if (trace_id.empty()) {
    LogRequest({method, route, status, took, id, project});
  } else {
    LogRequest(
        {method, route, status, took, id, project, {"trace_id", trace_id}});
  }
}

}  // namespace webhooks::gateway
