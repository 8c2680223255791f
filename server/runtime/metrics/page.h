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

// Serves GET /metrics in the Prometheus text format 0.0.4 over HTTP/1.1, one
// request per connection, on its own thread. At most 16 clients are connected,
// for at most five seconds; a further one replaces the oldest, so that no
// client blocks others for long. prometheus-cpp's Exposer has no such limits: a
// silent client occupies one of its threads.
class MetricsPage {
 public:
  // Listens on `address`; port 0 picks a free port. Clients wait until Serve.
  // UNAVAILABLE if it cannot listen; FAILED_PRECONDITION if machines outside
  // `scope` could reach the page, which is plain text without authentication.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Listen(
      const Address& address, PeerScope scope);

  // Starts to answer. All of `metrics` must outlive the page; they are
  // collected on its thread. Call it at most once.
  void Serve(std::vector<const prometheus::Collectable*> metrics);

  // Closes every connection at once.
  ~MetricsPage();

  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  // Returns the address of the listener, with the chosen port.
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
