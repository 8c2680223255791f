#ifndef WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "server/delivery/scheduler.h"
#include "server/runtime/metrics/latencies.h"
#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"

namespace webhooks::server {

// webhooks_delivery_attempt_duration_seconds, by outcome and error, and
// webhooks_deliveries_ended_total, by state. Thread-safe.
class DeliveryMetrics {
 public:
  // `registry` must outlive this.
  explicit DeliveryMetrics(prometheus::Registry& registry);

  // Counts a recorded attempt.
  void AttemptEnded(const AttemptResult& result);

 private:
  Latencies attempts_;
  prometheus::Counter& delivered_;
  prometheus::Counter& failed_;
};

// Gauges of waiting, due and in-flight deliveries, which are read when the
// metrics are collected.
class DeliveryGauges final : public prometheus::Collectable {
 public:
  using Stats = std::function<Scheduler::Stats()>;

  // Omits a gauge that the store does not count within `timeout`. `store` must
  // outlive this.
  DeliveryGauges(DeliveryStore& store, Stats stats, absl::Duration timeout)
      : store_(store), stats_(std::move(stats)), timeout_(timeout) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  DeliveryStore& store_;
  const Stats stats_;
  const absl::Duration timeout_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_METRICS_H_
