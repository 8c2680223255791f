#include "gateway/request_metrics.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/runtime/metrics/process_figures.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kMethods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                          "PATCH", "DELETE", "OPTIONS"};

bool IsMethod(absl::string_view method) {
  return std::find(std::begin(kMethods), std::end(kMethods), method) !=
         std::end(kMethods);
}

}  // namespace

RequestMetrics::RequestMetrics(prometheus::Registry& registry)
    : latencies_(registry, "webhooks_http_request_duration_seconds",
                 "How long requests took, by method, route and status.",
                 {"method", "route", "code"}) {}

void RequestMetrics::RequestEnded(absl::string_view method,
                                  absl::string_view route, int status,
                                  absl::Duration latency) {
  const absl::AlphaNum code(status);
  latencies_.Observe({IsMethod(method) ? method : kOther,
                      route.empty() ? kOther : route, code.Piece()},
                     latency);
}

std::vector<prometheus::MetricFamily> ConnectionFigures::Collect() const {
  return {Figure("webhooks_http_connections", "Open connections of clients.",
                 prometheus::MetricType::Gauge, server_.connections())};
}

}  // namespace webhooks::gateway
