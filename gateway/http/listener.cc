#include "gateway/http/listener.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/worker.h"
#include "server/runtime/log.h"

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

std::string Text(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

// The first step that fails decides.
Error Bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  Error error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) {
    // Otherwise [::] and 0.0.0.0 would conflict on the same port.
    acceptor.set_option(asio::ip::v6_only(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

}  // namespace

NextAccept NextAcceptAfter(const Error& error) {
  if (!error || error == asio::error::connection_aborted) {
    return NextAccept::kNow;
  }
  if (error == asio::error::operation_aborted) return NextAccept::kNever;
  return NextAccept::kLater;
}

absl::StatusOr<std::shared_ptr<Listener>> Listener::Open(
    const tcp::endpoint& endpoint, Worker& home, NextWorker next) {
  tcp::acceptor acceptor(*home.context());
  if (const Error error = Bind(acceptor, endpoint)) {
    const std::string message = absl::StrCat(
        "cannot listen on ", Text(endpoint), ": ", error.message());
    return error == boost::system::errc::address_not_available ||
                   error == boost::system::errc::address_family_not_supported
               ? absl::NotFoundError(message)
               : absl::UnavailableError(message);
  }
  return std::make_shared<Listener>(std::move(acceptor), home, std::move(next));
}

Listener::Listener(tcp::acceptor acceptor, Worker& home, NextWorker next)
    : acceptor_(std::move(acceptor)),
      pause_(*home.context()),
      home_(home),
      next_(std::move(next)) {}

std::string Listener::address() const {
  Error error;
  return Text(acceptor_.local_endpoint(error));
}

void Listener::Start() {
  asio::post(*home_.context(), [self = shared_from_this()] { self->Accept(); });
}

void Listener::Stop() {
  asio::post(*home_.context(), [self = shared_from_this()] {
    Error ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

void Listener::Accept() {
  if (!acceptor_.is_open()) return;
  Worker& worker = next_();
  acceptor_.async_accept(*worker.context(),
                         [self = shared_from_this(), &worker](
                             const Error& error, tcp::socket socket) {
                           if (!error) worker.Adopt(std::move(socket));
                           switch (NextAcceptAfter(error)) {
                             case NextAccept::kNow:
                               return self->Accept();
                             case NextAccept::kLater:
                               return self->AcceptLater(error);
                             case NextAccept::kNever:
                               return;
                           }
                         });
}

// Retries after a pause, as the lack of a resource does not end at once.
void Listener::AcceptLater(const Error& error) {
  const std::string message = error.message();
  Log(LogLevel::kWarning, "cannot accept connections", {{"error", message}});
  pause_.expires_after(std::chrono::milliseconds(100));
  pause_.async_wait(
      [self = shared_from_this()](const Error&) { self->Accept(); });
}

}  // namespace webhooks::gateway
