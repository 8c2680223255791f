#ifndef WEBHOOKS_GATEWAY_HTTP_TLS_SESSION_H_
#define WEBHOOKS_GATEWAY_HTTP_TLS_SESSION_H_

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace webhooks::gateway {

// TLS on one connected, non-blocking socket, which outlives it. Functions do
// not block: after asio::error::would_block, call again when the socket is
// readable, or writable if wants_write().
class TlsSession {
 public:
  // The largest TLS record.
  static constexpr std::size_t kLargestRecord = 16 << 10;

  TlsSession(SSL_CTX& context, int socket);

  // Makes the handshake, before all other functions.
  void Handshake(boost::system::error_code& error);

  // Read and write like tcp::socket::read_some and write_some. With a buffer of
  // at least kLargestRecord no received bytes stay in the session, so the
  // socket's readiness is enough to wait for. After would_block, Write must be
  // called with the same first bytes.
  std::size_t Read(absl::Span<char> buffer, boost::system::error_code& error);
  std::size_t Write(absl::string_view bytes, boost::system::error_code& error);

  // Sends close_notify if that is possible without waiting.
  void EndOutput();

  // Returns true if the last function waits until the socket is writable.
  bool wants_write() const { return wants_write_; }

  // Returns the name in the client's verified certificate; "": no certificate,
  // or one without a name.
  std::string client_certificate() const;

 private:
  void Begin(boost::system::error_code& error);
  void Explain(int result, boost::system::error_code& error);

  struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
  };
  const std::unique_ptr<SSL, Free> session_;
  bool wants_write_ = false;
  bool is_broken_ = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_TLS_SESSION_H_
