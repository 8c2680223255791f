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

// The byte stream of one connection, in plain text or TLS. Functions do not
// block: they end with asio::error::would_block, and waiting holds no buffer.
// For the connection's thread.
class Transport {
 public:
  using Error = boost::system::error_code;
  using Socket = boost::asio::ip::tcp::socket;

  // Uses TLS with `context`, or plain text if it is null.
  Transport(Socket socket, const std::shared_ptr<SSL_CTX>& context);

  // Makes the TLS handshake, before anything is read or written. Does nothing
  // for plain text.
  void Handshake(Error& error);

  // Reads received bytes into a buffer of at least TlsSession::kLargestRecord.
  // eof: the client sends no more.
  std::size_t Read(absl::Span<char> buffer, Error& error);
  // Drops received bytes, after EndOutput.
  void Drop(absl::Span<char> buffer, Error& error);

  // Writes some of `bytes`. After would_block the next call must begin with the
  // same bytes.
  std::size_t Write(absl::string_view bytes, Error& error);
  // Writes all of the few `bytes`, or nothing (would_block), after which other
  // bytes may be written. After other errors nothing may be written.
  void WriteShort(absl::string_view bytes, Error& error);

  // Ends the output.
  void EndOutput(Error& error);
  // Closes the connection; ends the output if that is possible without waiting.
  void Close();

  // Waits until the handshake or reading can continue, then calls
  // `handler(Error)`.
  template <typename Handler>
  void WaitToRead(Handler handler) {
    // TLS may have to write before it can read.
    const bool writes =
        tls_ != nullptr && !output_ended_ && tls_->wants_write();
    socket_.async_wait(writes ? Socket::wait_write : Socket::wait_read,
                       std::move(handler));
  }
  template <typename Handler>
  void WaitToWrite(Handler handler) {
    socket_.async_wait(Socket::wait_write, std::move(handler));
  }
  // Waits until the client resets the connection.
  template <typename Handler>
  void WaitForReset(Handler handler) {
    socket_.async_wait(Socket::wait_error, std::move(handler));
  }

  // Returns TlsSession::client_certificate, after the handshake.
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
