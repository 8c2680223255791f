#ifndef WEBHOOKS_SERVER_OBSERVABILITY_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_METRICS_H_

#include <prometheus/registry.h>

#include <string>
#include <vector>

#include "server/observability/call_metrics.h"
#include "server/observability/connection_metrics.h"
#include "server/observability/delivery_metrics.h"
#include "server/observability/store_metrics.h"
#include "server/runtime/metrics/process_metrics.h"

namespace webhooks::server {

// The server's metrics that are counted as events happen.
class Metrics {
 public:
  // See CallMetrics.
  explicit Metrics(const std::vector<std::string>& services)
      : calls_(registry_, services),
        connections_(registry_),
        store_(registry_),
        deliveries_(registry_) {}

  CallObserver& calls() { return calls_; }
  ConnectionMetrics& connections() { return connections_; }
  StoreMetrics& store() { return store_; }
  DeliveryMetrics& deliveries() { return deliveries_; }

  // Returns the sources for a metrics page.
  std::vector<const prometheus::Collectable*> collectables() const {
    return {&process_, &registry_};
  }

 private:
  const ProcessMetrics process_{"server"};
  prometheus::Registry registry_;
  CallMetrics calls_;
  ConnectionMetrics connections_;
  StoreMetrics store_;
  DeliveryMetrics deliveries_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_METRICS_H_
