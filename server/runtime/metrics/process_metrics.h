#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_METRICS_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace webhooks {

// Returns a metric family with one metric, a counter or a gauge.
prometheus::MetricFamily SingleMetric(const std::string& name,
                                      const std::string& help,
                                      prometheus::MetricType type,
                                      double value);

// The kernel's statistics of this process, with the names that the Prometheus
// client libraries use, and webhooks_build_info with the version.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  // `process` is "server" or "gateway".
  explicit ProcessMetrics(absl::string_view process) : process_(process) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string process_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_METRICS_H_
