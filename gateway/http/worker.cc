#include "gateway/http/worker.h"

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "gateway/http/connection.h"
#include "gateway/http/tls_contexts.h"

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;

// Beyond the cap so many connections more are told so; past them the socket is
// closed without a word.
constexpr int kRefusalsAtOnce = 256;

}  // namespace

Worker::Worker(const HttpLimits& limits, RequestHandler& handler,
               RequestObserver& observer, ConnectionCount& open_connections,
               BufferBudget& buffers, TlsContexts* tls)
    : limits_(limits),
      handler_(handler),
      observer_(observer),
      open_connections_(open_connections),
      buffers_(buffers),
      tls_(tls),
      context_(std::make_shared<asio::io_context>(1)),
      work_(asio::make_work_guard(*context_)) {}

Worker::~Worker() = default;

void Worker::Start() {
  thread_ = std::thread([this] { context_->run(); });
}

void Worker::Adopt(asio::ip::tcp::socket socket) {
  asio::post(*context_, [this, socket = std::move(socket)]() mutable {
    const int open = open_connections_.Add();
    auto connection = std::make_shared<Connection>(
        Transport(std::move(socket), tls_ ? tls_->current() : nullptr), *this);
    connections_.insert(connection);
    if (open > limits_.connections + kRefusalsAtOnce) {
      connection->Close();
    } else if (open > limits_.connections) {
      connection->Refuse();
    } else {
      connection->Start();
    }
  });
}

void Worker::Forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) > 0) open_connections_.Remove();
}

void Worker::Drain() {
  asio::post(*context_, [this] {
    draining_ = true;
    // A copy, as connections that close leave the set.
    for (const auto& connection :
         std::vector(connections_.begin(), connections_.end())) {
      connection->Drain();
    }
  });
}

void Worker::Stop() {
  if (!thread_.joinable()) return;
  asio::post(*context_, [this] {
    for (const auto& connection :
         std::vector(connections_.begin(), connections_.end())) {
      connection->Close();
    }
    // Not stop(): whatever was cancelled ends in order.
    work_.reset();
  });
  thread_.join();
}

}  // namespace webhooks::gateway
