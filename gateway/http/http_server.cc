#include "gateway/http/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/listener.h"
#include "gateway/http/tls_contexts.h"
#include "gateway/http/worker.h"

namespace webhooks::gateway {
namespace {

using boost::asio::ip::tcp;

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    Options options, RequestHandler& handler, RequestObserver& observer,
    const TlsWatch* tls) {
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(options), handler, observer, tls));
  if (tls != nullptr && server->tls_->current() == nullptr) {
    return absl::InternalError("OpenSSL cannot do TLS as it should be done");
  }
  for (const Address& address : server->options_.listen) {
    if (absl::Status status = server->Listen(address); !status.ok()) {
      return status;
    }
  }
  for (const auto& worker : server->workers_) worker->Start();
  for (const auto& listener : server->listeners_) listener->Start();
  return server;
}

HttpServer::HttpServer(Options options, RequestHandler& handler,
                       RequestObserver& observer, const TlsWatch* tls)
    : options_(std::move(options)),
      tls_(tls == nullptr ? nullptr : std::make_unique<TlsContexts>(*tls)),
      buffers_(options_.limits) {
  for (int i = 0; i < options_.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(options_.limits, handler,
                                                observer, open_connections_,
                                                buffers_, tls_.get()));
  }
}

HttpServer::~HttpServer() { Stop(absl::ZeroDuration()); }

absl::Status HttpServer::Listen(const Address& address) {
  boost::system::error_code error;
  tcp::resolver resolver(*workers_.front()->context());
  const auto found = resolver.resolve(address.host, address.port,
                                      tcp::resolver::passive, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat(address.host, ":", address.port, ": ", error.message()));
  }
  bool any = false;
  absl::Status not_ours;
  for (const auto& entry : found) {
    const tcp::endpoint endpoint = entry.endpoint();
    absl::Status safe = CheckPeerScope(
        "listen", endpoint.data(), static_cast<socklen_t>(endpoint.size()),
        tls_ == nullptr ? options_.plaintext : PeerScope::kAnywhere,
        kListenRemedy);
    if (!safe.ok()) return safe;
    auto listener =
        Listener::Open(endpoint, *workers_.front(),
                       [this]() -> Worker& { return NextWorker(); });
    if (listener.ok()) {
      listeners_.push_back(*std::move(listener));
      any = true;
    } else if (absl::IsNotFound(listener.status())) {
      // A name may resolve to ::1 on a machine without IPv6.
      not_ours = listener.status();
    } else {
      return listener.status();
    }
  }
  return any ? absl::OkStatus() : absl::UnavailableError(not_ours.message());
}

// Called on the first worker's thread, where all listeners run.
Worker& HttpServer::NextWorker() {
  next_worker_ = (next_worker_ + 1) % workers_.size();
  return *workers_[next_worker_];
}

std::vector<std::string> HttpServer::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& listener : listeners_) {
    addresses.push_back(listener->address());
  }
  return addresses;
}

void HttpServer::Stop(absl::Duration grace) {
  for (const auto& listener : listeners_) listener->Stop();
  for (const auto& worker : workers_) worker->Drain();
  open_connections_.AwaitNone(grace);
  for (const auto& worker : workers_) worker->Stop();
}

}  // namespace webhooks::gateway
