#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_

#include <prometheus/collectable.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/runtime/address.h"
#include "server/runtime/reach.h"

namespace webhooks {

// Serves metrics as text (Prometheus's exposition format 0.0.4) to GET
// /metrics, over HTTP/1.1 and one request a connection, on a thread of its own.
// A client has five seconds, and a few of them a place; a further one takes the
// place of the oldest, so that none can keep others from the page for long.
class MetricsPage {
 public:
  // Listens on `address`, whose port 0 picks one; clients wait until Serve.
  // UNAVAILABLE names what cannot be listened on, FAILED_PRECONDITION what
  // others than `reach` can reach: the page is plain text and asks for nothing.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Listen(
      const Address& address, Reach reach);

  // Begins to answer. All of `metrics` must outlive the page; they are asked on
  // its thread. At most once.
  void Serve(std::vector<const prometheus::Collectable*> metrics);

  // Closes every connection at once.
  ~MetricsPage();

  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  // Where it listens, with the port that was picked.
  const std::string& address() const { return address_; }

 private:
  struct Client;

  MetricsPage(int listener, std::string address);

  void Run();
  void Accept(std::vector<Client>& clients) const;
  // Reads or writes what can be; false: the client is done with.
  bool Advance(Client& client) const;
  std::string Answer(const std::string& request) const;
  std::string Text() const;

  const int listener_;
  const int wake_;
  const std::string address_;
  // Of the thread, once it runs.
  std::vector<const prometheus::Collectable*> metrics_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_PAGE_H_
