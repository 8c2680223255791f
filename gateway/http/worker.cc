#include "gateway/http/worker.h"

#include <boost/asio/post.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/connection.h"
#include "gateway/http/tls_contexts.h"
#include "server/runtime/client_address.h"
#include "server/runtime/log.h"

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;

// The number of connections beyond a limit that are answered with 503; further
// sockets are closed at once.
constexpr int kRefusalsAtOnce = 256;
constexpr int kRefusalsPerAddress = 16;

std::string AddressOf(const asio::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto client = socket.remote_endpoint(error);
  return error ? "" : ClientAddress(client.data());
}

// Returns true if `open` exceeds the limits by more than that margin.
bool Exceed(const ConnectionCount::Counts& open, const HttpLimits& limits,
            int margin, int margin_per_address) {
  return open.all > limits.connections + margin ||
         open.of_address > limits.connections_per_address + margin_per_address;
}

}  // namespace

Worker::Worker(const HttpLimits& limits, RequestHandler& handler,
               RequestObserver& observer, ConnectionCount& open_connections,
               Buffers& buffers, TlsContexts* tls)
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
    const std::string address = AddressOf(socket);
    const ConnectionCount::Counts open = open_connections_.Add(address);
    auto connection = std::make_shared<Connection>(
        Transport(std::move(socket), tls_ ? tls_->current() : nullptr), address,
        *this);
    connections_.insert(connection);
    if (!Exceed(open, limits_, 0, 0)) return connection->Start();
    Warn("too many connections, so new ones are refused", address);
    if (Exceed(open, limits_, kRefusalsAtOnce, kRefusalsPerAddress)) {
      connection->Close();
    } else {
      connection->Refuse();
    }
  });
}

void Worker::Warn(absl::string_view what, absl::string_view client_address) {
  if (!warnings_.IsDue()) return;
  Log(LogLevel::kWarning, what, {{"client_address", client_address}});
}

void Worker::Forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) > 0) {
    open_connections_.Remove(connection->client().address);
  }
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
    // Not stop(): cancelled operations must complete.
    work_.reset();
  });
  thread_.join();
}

}  // namespace webhooks::gateway
