#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_

#include <prometheus/collectable.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/runtime/address.h"
#include "server/runtime/peer_scope.h"

namespace webhooks {

// Serves metrics to GET /metrics, as text (Prometheus's exposition format
// 0.0.4) over HTTP/1.1, one request a connection, on its own thread. At most 16
// clients are connected, for five seconds each; a further one takes the place
// of the oldest, so that no client can keep others out for long.
// prometheus-cpp's own Exposer has no such limits: a silent client holds one of
// its threads.
class MetricsPage {
 public:
  // Listens on `address`; port 0 chooses a free one. Clients wait until Serve.
  // UNAVAILABLE: cannot listen on the address. FAILED_PRECONDITION: machines
  // beyond `scope` can reach the page, which is plain text and asks for no key.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Listen(
      const Address& address, PeerScope scope);

  // Starts to answer. All of `metrics` must outlive the page; they are
  // collected on its thread. At most once.
  void Serve(std::vector<const prometheus::Collectable*> metrics);

  // Closes every connection at once.
  ~MetricsPage();

  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  // Returns the address that it listens on, with the port that was chosen.
  const std::string& address() const { return address_; }

 private:
  class Client;
  class Listener;

  explicit MetricsPage(std::unique_ptr<Listener> listener);

  const std::unique_ptr<Listener> listener_;
  const std::string address_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_
