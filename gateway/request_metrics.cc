#include "gateway/request_metrics.h"

#include "absl/strings/str_cat.h"
#include "gateway/http/grammar.h"
#include "server/runtime/metrics/process_metrics.h"

namespace webhooks::gateway {
RequestMetrics::RequestMetrics(prometheus::Registry& registry)
    : latencies_(
          registry, "webhooks_http_request_duration_seconds",
          "Duration of requests in seconds, by method, route and status.",
          {"method", "route", "code"}) {}

void RequestMetrics::RequestEnded(absl::string_view method,
                                  absl::string_view route, int status,
                                  absl::Duration latency) {
  const absl::AlphaNum code(status);
  latencies_.Observe({IsKnownMethod(method) ? method : kOther,
                      route.empty() ? kOther : route, code.Piece()},
                     latency);
}

std::vector<prometheus::MetricFamily> ConnectionGauges::Collect() const {
  return {
      SingleMetric("webhooks_http_connections", "Open connections of clients.",
                   prometheus::MetricType::Gauge, server_.connections()),
      SingleMetric("webhooks_http_buffer_bytes",
                   "Bytes that connections hold in buffers: requests as far as "
                   "they have arrived, and answers that wait to be read. The "
                   "buffers of TLS do not count.",
                   prometheus::MetricType::Gauge,
                   static_cast<double>(server_.buffer_bytes()))};
}

}  // namespace webhooks::gateway
