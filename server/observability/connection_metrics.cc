#include "server/observability/connection_metrics.h"

namespace webhooks::server {
namespace {

prometheus::Counter& Shut(prometheus::Registry& registry, const char* cause) {
  return prometheus::BuildCounter()
      .Name("webhooks_connections_shut_total")
      .Help(
          "Connections that the server has shut: floods, and those whose "
          "request makes no progress. The log names the addresses.")
      .Register(registry)
      .Add({{"cause", cause}});
}

}  // namespace

ConnectionMetrics::ConnectionMetrics(prometheus::Registry& registry)
    : floods_(Shut(registry, "flood")), stalled_(Shut(registry, "stalled")) {}

}  // namespace webhooks::server
