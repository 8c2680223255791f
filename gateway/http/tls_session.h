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

// TLS on one connected, non-blocking socket, which outlives it. Nothing waits:
// asio::error::would_block asks to call again once the socket can be read, or
// written where wants_write().
class TlsSession {
 public:
  // The largest piece that TLS carries.
  static constexpr std::size_t kLargestRecord = 16 << 10;

  TlsSession(SSL_CTX& context, int socket);

  // Greets the client; nothing else before it is done.
  void Handshake(boost::system::error_code& error);

  // Read and write like tcp::socket::read_some and write_some. A buffer of
  // kLargestRecord or more leaves nothing that was received in the session, so
  // that the socket tells when there is more. Bytes that are written again
  // after would_block must begin as before.
  std::size_t Read(absl::Span<char> buffer, boost::system::error_code& error);
  std::size_t Write(absl::string_view bytes, boost::system::error_code& error);

  // Tells the client, if it can be told at once, that no more will be written.
  void EndOutput();

  // Returns true if the last of these functions waits for room to write.
  bool wants_write() const { return wants_write_; }

  // The name of the client's certificate, which was verified; "": it showed
  // none, or one without a name.
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
