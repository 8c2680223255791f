#ifndef WEBHOOKS_GATEWAY_REQUEST_METRICS_H_
#define WEBHOOKS_GATEWAY_REQUEST_METRICS_H_

#include <prometheus/registry.h>

#include <vector>

#include "gateway/http/http_server.h"
#include "gateway/http/request_observer.h"
#include "server/runtime/metrics/latencies.h"

namespace webhooks::gateway {

// webhooks_http_request_duration_seconds, by method, route and code.
class RequestMetrics final : public RequestObserver {
 public:
  // `registry` must outlive this.
  explicit RequestMetrics(prometheus::Registry& registry);

  // An unknown method, and a path without a route, count as "other".
  void RequestEnded(absl::string_view method, absl::string_view route,
                    int status, absl::Duration latency) override;

 private:
  Latencies latencies_;
};

// webhooks_http_connections, webhooks_http_buffer_bytes.
class ConnectionGauges final : public prometheus::Collectable {
 public:
  // `server` must outlive this.
  explicit ConnectionGauges(const HttpServer& server) : server_(server) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const HttpServer& server_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_REQUEST_METRICS_H_
