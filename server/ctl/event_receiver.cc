#include "server/ctl/event_receiver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace webhooks::ctl {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

// The time in which a request must arrive.
constexpr std::chrono::seconds kTimeout{15};

// A slow local application keeps a thread busy.
constexpr int kThreads = 8;

// The headers of a delivery that a receiver needs; the others are about the
// connection.
Headers DeliveryHeaders(const http::request<http::string_body>& request) {
  Headers headers;
  for (const auto& field : request) {
    std::string name(field.name_string());
    for (char& c : name) c = absl::ascii_tolower(static_cast<unsigned char>(c));
    if (absl::c_linear_search(
            std::vector<std::string>{"host", "connection", "content-length"},
            name)) {
      continue;
    }
    headers.emplace_back(std::move(name), std::string(field.value()));
  }
  return headers;
}

// Receives the deliveries of every connection.
struct Target {
  ReceivedEvents& events;
  // A text that only the body of the example event contains.
  std::string example;
};

// A connection of the service.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `target` must outlive this.
  Connection(tcp::socket socket, const Target& target)
      : stream_(std::move(socket)), target_(target) {}

  void Read() {
    stream_.expires_after(kTimeout);
    request_ = {};
    http::async_read(
        stream_, input_, request_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          if (!error) self->Answer();
        });
  }

 private:
  void Answer() {
    unsigned status = 200;
    if (!absl::StrContains(request_.body(), target_.example)) {
      status = static_cast<unsigned>(
          target_.events.Handle(DeliveryHeaders(request_), request_.body()));
    }
    response_ = {};
    response_.version(request_.version());
    response_.result(status);
    response_.keep_alive(request_.keep_alive());
    response_.prepare_payload();
    stream_.expires_after(kTimeout);
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          if (!error && self->response_.keep_alive()) self->Read();
        });
  }

  beast::tcp_stream stream_;
  const Target& target_;
  beast::flat_buffer input_;
  http::request<http::string_body> request_;
  http::response<http::empty_body> response_;
};

class BeastReceiver final : public EventReceiver {
 public:
  ~BeastReceiver() override {
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  beast::error_code Bind() {
    beast::error_code error;
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    acceptor_.open(loopback.protocol(), error);
    if (!error) acceptor_.bind(loopback, error);
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    return error;
  }

  int port() const override { return acceptor_.local_endpoint().port(); }

  void Start(ReceivedEvents& events, std::string example) override {
    target_ = std::make_unique<Target>(Target{events, std::move(example)});
    Accept();
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
  }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        std::make_shared<Connection>(std::move(socket), *target_)->Read();
      }
      Accept();
    });
  }

  std::unique_ptr<Target> target_;
  asio::io_context context_{kThreads};
  tcp::acceptor acceptor_{context_};
  std::vector<std::thread> threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EventReceiver>> EventReceiver::Bind() {
  auto receiver = std::make_unique<BeastReceiver>();
  const beast::error_code error = receiver->Bind();
  if (error) return absl::UnavailableError(error.message());
  return receiver;
}

}  // namespace webhooks::ctl
