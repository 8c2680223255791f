#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_TLS_CLIENT_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_TLS_CLIENT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/unit/gateway/http/raw_client.h"

namespace webhooks::gateway {

// A client that uses TLS and trusts every server. Its waits are those of
// RawClient.
class TlsClient {
 public:
  // Connects to "127.0.0.1:port" and makes the handshake; see is_open.
  explicit TlsClient(absl::string_view address);

  // Returns true if the handshake succeeded.
  bool is_open() const { return is_open_; }

  void Send(absl::string_view bytes);
  // Sends the end of the data (close_notify).
  void EndSending();
  // Returns all data until the other end sends its end (close_notify); "broken"
  // if it sends none.
  std::string ReadToEnd();

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
  };

  RawClient connection_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> session_;
  bool is_open_ = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_TLS_CLIENT_H_
