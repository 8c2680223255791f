#include "server/ctl/event_receiver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
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

// A connection of the service. Everything runs on the strand of its stream;
// Start and Stop are thread-safe.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `target` must outlive this.
  Connection(tcp::socket socket, const Target& target)
      : stream_(std::move(socket)), target_(target) {}

  void Start() {
    asio::post(stream_.get_executor(),
               [self = shared_from_this()] { self->Read(); });
  }

  // Ends the connection once the request that has arrived is answered.
  void Stop() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->is_stopping_ = true;
      if (self->is_reading_) self->stream_.cancel();
    });
  }

 private:
  void Read() {
    stream_.expires_after(kTimeout);
    request_ = {};
    is_reading_ = true;
    http::async_read(
        stream_, input_, request_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          self->is_reading_ = false;
          if (!error) self->Respond();
        });
  }

  void Respond() {
    Answer answer{200};
    if (!absl::StrContains(request_.body(), target_.example)) {
      answer =
          target_.events.Handle(DeliveryHeaders(request_), request_.body());
    }
    response_ = {};
    response_.version(request_.version());
    response_.result(static_cast<unsigned>(answer.status));
    response_.keep_alive(request_.keep_alive());
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    stream_.expires_after(kTimeout);
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          const bool goes_on =
              self->response_.keep_alive() && !self->is_stopping_;
          if (!error && goes_on) self->Read();
        });
  }

  beast::tcp_stream stream_;
  const Target& target_;
  beast::flat_buffer input_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  bool is_reading_ = false;
  bool is_stopping_ = false;
};

class BeastReceiver final : public EventReceiver {
 public:
  ~BeastReceiver() override { Stop(); }

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

  void Stop() override {
    asio::post(acceptor_.get_executor(), [this] {
      acceptor_.close();
      for (const auto& weak : connections_) {
        if (const auto connection = weak.lock()) connection->Stop();
      }
    });
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  // Runs on the strand of the acceptor, which guards `connections_`.
  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_),
                           [this](beast::error_code error, tcp::socket socket) {
                             if (!acceptor_.is_open()) return;
                             if (!error) Serve(std::move(socket));
                             Accept();
                           });
  }

  void Serve(tcp::socket socket) {
    connections_.remove_if([](const auto& weak) { return weak.expired(); });
    const auto connection =
        std::make_shared<Connection>(std::move(socket), *target_);
    connections_.push_back(connection);
    connection->Start();
  }

  std::unique_ptr<Target> target_;
  asio::io_context context_{kThreads};
  tcp::acceptor acceptor_{asio::make_strand(context_)};
  std::list<std::weak_ptr<Connection>> connections_;
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
