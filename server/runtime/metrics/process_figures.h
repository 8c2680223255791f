#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_FIGURES_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_FIGURES_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace webhooks {

// A family with one figure that is read when it is asked for.
prometheus::MetricFamily Figure(const std::string& name,
                                const std::string& help,
                                prometheus::MetricType type, double value);

// The figures that the kernel keeps of this process, by the names that
// Prometheus's own libraries have for them, and the version:
// webhooks_build_info.
class ProcessFigures final : public prometheus::Collectable {
 public:
  // `process` is "server" or "gateway".
  explicit ProcessFigures(absl::string_view process) : process_(process) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string process_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_PROCESS_FIGURES_H_
