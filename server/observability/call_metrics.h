#ifndef WEBHOOKS_SERVER_OBSERVABILITY_CALL_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_CALL_METRICS_H_

#include <prometheus/registry.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/call/call_observer.h"
#include "server/runtime/metrics/latencies.h"

namespace webhooks::server {

// webhooks_rpc_duration_seconds, by method and code.
class CallMetrics final : public CallObserver {
 public:
  // The methods of `services` (full names) have their own labels; any other
  // method is "other". `registry` must outlive this.
  CallMetrics(prometheus::Registry& registry,
              const std::vector<std::string>& services);

  void OnCallFinished(absl::string_view rpc, absl::StatusCode code,
                      absl::Duration latency) override;

 private:
  // The names of methods, as in OnCallFinished.
  absl::flat_hash_set<std::string> rpcs_;
  Latencies latencies_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_CALL_METRICS_H_
