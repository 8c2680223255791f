#ifndef WEBHOOKS_GATEWAY_HTTP_HTTP_SERVER_H_
#define WEBHOOKS_GATEWAY_HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/buffer_budget.h"
#include "gateway/http/connection_count.h"
#include "gateway/http/limits.h"
#include "gateway/http/request_handler.h"
#include "gateway/http/request_observer.h"
#include "server/runtime/address.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {

class Listener;
class TlsContexts;
class Worker;

// An HTTP/1.1 and 1.0 server: accepts connections and distributes them to its
// threads in turn.
class HttpServer {
 public:
  struct Options {
    std::vector<Address> listen;
    int threads = 1;
    HttpLimits limits;
    // The addresses on which plain text is permitted.
    PeerScope plaintext = PeerScope::kThisMachine;
  };

  // Listens on every address and starts the threads. UNAVAILABLE names an
  // address that is not available, FAILED_PRECONDITION one on which plain text
  // is not permitted. `tls` is null for plain text. `handler`, `observer` and
  // `tls` must outlive the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      Options options, RequestHandler& handler, RequestObserver& observer,
      const TlsWatch* tls = nullptr);

  // Stops without waiting.
  ~HttpServer();

  // Returns the addresses ("127.0.0.1:8080"), in the order of the options, with
  // the ports that were chosen.
  std::vector<std::string> addresses() const;

  // Returns the number of open connections.
  int connections() const { return open_connections_.Count(); }

  // Returns the size of their buffers in bytes, without those of TLS.
  std::size_t buffer_bytes() const { return buffers_.bytes; }

  // Stops accepting, closes idle connections, waits up to `grace` for requests
  // in progress, then cancels the remaining ones. Afterwards no thread of the
  // server runs. Idempotent; not thread-safe.
  void Stop(absl::Duration grace);

 private:
  HttpServer(Options options, RequestHandler& handler,
             RequestObserver& observer, const TlsWatch* tls);

  absl::Status Listen(const Address& address);
  Worker& NextWorker();

  const Options options_;
  const std::unique_ptr<TlsContexts> tls_;
  ConnectionCount open_connections_;
  Buffers buffers_;
  std::size_t next_worker_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_HTTP_SERVER_H_
