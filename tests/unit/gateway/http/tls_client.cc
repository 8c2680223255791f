#include "tests/unit/gateway/http/tls_client.h"

#include <array>
#include <cstddef>

namespace webhooks::gateway {

TlsClient::TlsClient(absl::string_view address)
    : connection_(address),
      context_(SSL_CTX_new(TLS_client_method())),
      session_(SSL_new(context_.get())) {
  SSL_set_fd(session_.get(), connection_.socket());
  is_open_ = SSL_connect(session_.get()) == 1;
}

void TlsClient::Send(absl::string_view bytes) {
  SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

void TlsClient::EndSending() { SSL_shutdown(session_.get()); }

std::string TlsClient::ReadToEnd() {
  std::string all;
  std::array<char, 16 << 10> buffer;
  std::size_t size = 0;
  int result;
  while ((result = SSL_read_ex(session_.get(), buffer.data(), buffer.size(),
                               &size)) == 1) {
    all.append(buffer.data(), size);
  }
  return SSL_get_error(session_.get(), result) == SSL_ERROR_ZERO_RETURN
             ? all
             : "broken";
}

}  // namespace webhooks::gateway
