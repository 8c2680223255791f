#include "gateway/http/transport.h"

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

Transport::Transport(Socket socket, const std::shared_ptr<SSL_CTX>& context)
    : socket_(std::move(socket)) {
  Error ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  if (context != nullptr) {
    tls_ = std::make_unique<TlsSession>(*context, socket_.native_handle());
  }
}

void Transport::Handshake(Error& error) {
  if (tls_ != nullptr) tls_->Handshake(error);
}

std::size_t Transport::Read(absl::Span<char> buffer, Error& error) {
  if (tls_ != nullptr) return tls_->Read(buffer, error);
  return socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
}

void Transport::Drop(absl::Span<char> buffer, Error& error) {
  socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
}

std::size_t Transport::Write(absl::string_view bytes, Error& error) {
  if (tls_ != nullptr) return tls_->Write(bytes, error);
  return socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
}

void Transport::WriteShort(absl::string_view bytes, Error& error) {
  // TLS cannot discard a record that is partly written.
  if (tls_ != nullptr && !CanWrite()) {
    error = asio::error::would_block;
    return;
  }
  const std::size_t size = Write(bytes, error);
  const bool began = tls_ != nullptr && error == asio::error::would_block;
  if (began || (!error && size < bytes.size())) {
    error = asio::error::no_buffer_space;
  }
}

bool Transport::CanWrite() {
  pollfd file = {socket_.native_handle(), POLLOUT, 0};
  return poll(&file, 1, 0) == 1 && (file.revents & POLLOUT) != 0;
}

void Transport::EndOutput(Error& error) {
  if (tls_ != nullptr) tls_->EndOutput();
  output_ended_ = true;
  socket_.shutdown(tcp::socket::shutdown_send, error);
}

void Transport::Close() {
  if (tls_ != nullptr && !output_ended_) tls_->EndOutput();
  Error ignored;
  socket_.close(ignored);
}

}  // namespace webhooks::gateway
