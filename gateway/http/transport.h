#ifndef WEBHOOKS_GATEWAY_HTTP_TRANSPORT_H_
#define WEBHOOKS_GATEWAY_HTTP_TRANSPORT_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/http/tls_session.h"

namespace webhooks::gateway {

// The bytes of one connection, in plain text or in TLS. Nothing here blocks:
// what cannot go on ends with asio::error::would_block, and the wait for it
// holds no buffer. For the thread of its connection.
class Transport {
 public:
  using Error = boost::system::error_code;
  using Socket = boost::asio::ip::tcp::socket;

  // Speaks TLS by `context`, or plain text where it is null.
  Transport(Socket socket, const std::shared_ptr<SSL_CTX>& context);

  // Before anything is read or written. Plain text needs none.
  void Handshake(Error& error);

  // Some of what has arrived, into a buffer of TlsSession::kLargestRecord or
  // more. eof: the other end sends no more.
  std::size_t Read(absl::Span<char> buffer, Error& error);
  // Drops what has arrived; after EndOutput.
  void Drop(absl::Span<char> buffer, Error& error);

  // Writes some of `bytes`. After would_block the next call must begin with the
  // same.
  std::size_t Write(absl::string_view bytes, Error& error);
  // Writes all of `bytes`, which are few, or nothing (would_block), after which
  // anything may be written. After other errors nothing may.
  void WriteShort(absl::string_view bytes, Error& error);

  // Says that nothing more will be written.
  void EndOutput(Error& error);
  // Says so too, if it can be said at once.
  void Close();

  // Waits until the handshake or reading can go on, and ends with
  // `handler(Error)`.
  template <typename Handler>
  void WaitToRead(Handler handler) {
    // Reading TLS may have to write first.
    const bool writes =
        tls_ != nullptr && !output_ended_ && tls_->wants_write();
    socket_.async_wait(writes ? Socket::wait_write : Socket::wait_read,
                       std::move(handler));
  }
  template <typename Handler>
  void WaitToWrite(Handler handler) {
    socket_.async_wait(Socket::wait_write, std::move(handler));
  }
  // Waits for the other end to break the connection.
  template <typename Handler>
  void WaitForReset(Handler handler) {
    socket_.async_wait(Socket::wait_error, std::move(handler));
  }

  // After the handshake: as TlsSession::client_certificate.
  std::string client_certificate() const {
    return tls_ == nullptr ? "" : tls_->client_certificate();
  }

 private:
  bool CanWrite();

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  bool output_ended_ = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_TRANSPORT_H_
