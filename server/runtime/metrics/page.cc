#include "server/runtime/metrics/page.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace webhooks {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::size_t kMaxClients = 16;
constexpr std::chrono::seconds kClientTimeout{5};
constexpr std::uint32_t kMaxRequestBytes = 8 << 10;
constexpr std::chrono::milliseconds kAcceptRetryDelay{100};

using Metrics = std::vector<const prometheus::Collectable*>;
using Response = http::response<http::string_body>;

std::string MetricsText(const Metrics& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const prometheus::Collectable* const source : metrics) {
    std::vector<prometheus::MetricFamily> more = source->Collect();
    std::move(more.begin(), more.end(), std::back_inserter(families));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

Response Respond(http::verb method, absl::string_view target,
                 const Metrics& metrics) {
  Response response(http::status::ok, /*version=*/11);
  response.keep_alive(false);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (method != http::verb::get && method != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
  } else if (target != "/metrics" && !absl::StartsWith(target, "/metrics?")) {
    response.result(http::status::not_found);
  } else {
    response.set(http::field::content_type,
                 "text/plain; version=0.0.4; charset=utf-8");
    response.body() = MetricsText(metrics);
  }
  response.prepare_payload();
  if (method == http::verb::head) response.body().clear();
  return response;
}

absl::Status CannotListen(const Address& address, const error_code& error) {
  return absl::UnavailableError(
      absl::StrCat("--metrics_listen: cannot listen on ", address.host, ":",
                   address.port, ": ", error.message()));
}

void Open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint,
          error_code& error) {
  acceptor.open(endpoint.protocol(), error);
  if (error) return;
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(true), error);
  }
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
  }
}

}  // namespace

// A connection. Lives until its last read or write has finished.
class MetricsPage::Client : public std::enable_shared_from_this<Client> {
 public:
  explicit Client(tcp::socket socket) : stream_(std::move(socket)) {
    parser_.header_limit(kMaxRequestBytes);
  }

  // `metrics` must outlive the client.
  void Start(const Metrics& metrics) {
    stream_.expires_after(kClientTimeout);
    http::async_read_header(
        stream_, buffer_, parser_,
        [self = shared_from_this(), &metrics](error_code error, std::size_t) {
          if (!error) self->Write(metrics);
        });
  }

  void Close() { stream_.close(); }

 private:
  void Write(const Metrics& metrics) {
    const auto& request = parser_.get();
    const auto target = request.target();
    response_ =
        Respond(request.method(), {target.data(), target.size()}, metrics);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](error_code, std::size_t) {});
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
  Response response_;
};

class MetricsPage::Listener {
 public:
  absl::Status Listen(const Address& address, PeerScope scope) {
    error_code error;
    const auto endpoints = tcp::resolver(context_).resolve(
        address.host, address.port,
        tcp::resolver::passive | tcp::resolver::numeric_service, error);
    for (const auto& entry : endpoints) {
      const tcp::endpoint endpoint = entry.endpoint();
      absl::Status allowed = CheckPeerScope(
          "metrics_listen", endpoint.data(),
          static_cast<socklen_t>(endpoint.size()), scope, kMetricsRemedy);
      if (!allowed.ok()) return allowed;
      Open(acceptor_, endpoint, error);
      if (!error) return absl::OkStatus();
    }
    return CannotListen(address, error);
  }

  std::string address() const {
    error_code ignored;
    const tcp::endpoint endpoint = acceptor_.local_endpoint(ignored);
    return SocketAddressText(endpoint.data(),
                             static_cast<socklen_t>(endpoint.size()));
  }

  // Serves until Stop.
  void Run(Metrics metrics) {
    metrics_ = std::move(metrics);
    Accept();
    context_.run();
  }

  void Stop() { context_.stop(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return AcceptLater();
      Add(std::move(socket));
      Accept();
    });
  }

  // If the process is out of file descriptors, the next try would fail too.
  void AcceptLater() {
    retry_.expires_after(kAcceptRetryDelay);
    retry_.async_wait([this](error_code) { Accept(); });
  }

  void Add(tcp::socket socket) {
    clients_.erase(
        std::remove_if(clients_.begin(), clients_.end(),
                       [](const auto& client) { return client.expired(); }),
        clients_.end());
    if (clients_.size() == kMaxClients) {
      if (const auto oldest = clients_.front().lock()) oldest->Close();
      clients_.pop_front();
    }
    const auto client = std::make_shared<Client>(std::move(socket));
    clients_.push_back(client);
    client->Start(metrics_);
  }

  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer retry_{context_};
  Metrics metrics_;
  // Oldest first.
  std::deque<std::weak_ptr<Client>> clients_;
};

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Listen(
    const Address& address, PeerScope scope) {
  auto listener = std::make_unique<Listener>();
  absl::Status listening = listener->Listen(address, scope);
  if (!listening.ok()) return listening;
  return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(listener)));
}

MetricsPage::MetricsPage(std::unique_ptr<Listener> listener)
    : listener_(std::move(listener)), address_(listener_->address()) {}

void MetricsPage::Serve(Metrics metrics) {
  thread_ = std::thread([this, metrics = std::move(metrics)]() mutable {
    listener_->Run(std::move(metrics));
  });
}

MetricsPage::~MetricsPage() {
  listener_->Stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace webhooks
