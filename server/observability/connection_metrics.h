#ifndef WEBHOOKS_SERVER_OBSERVABILITY_CONNECTION_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_CONNECTION_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace webhooks::server {

// webhooks_connections_shut_total, by cause. Thread-safe.
class ConnectionMetrics {
 public:
  // `registry` must outlive this.
  explicit ConnectionMetrics(prometheus::Registry& registry);

  void CountFlood() { floods_.Increment(); }
  void CountStalled() { stalled_.Increment(); }

 private:
  prometheus::Counter& floods_;
  prometheus::Counter& stalled_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_CONNECTION_METRICS_H_
