#include "gateway/http/tls_session.h"

#include <openssl/err.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include "server/runtime/certificate_name.h"

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

}  // namespace

TlsSession::TlsSession(SSL_CTX& context, int socket)
    : session_(SSL_new(&context)) {
  SSL_set_fd(session_.get(), socket);
}

void TlsSession::Handshake(Error& error) {
  Begin(error);
  const int result = SSL_accept(session_.get());
  if (result != 1) Explain(result, error);
}

std::size_t TlsSession::Read(absl::Span<char> buffer, Error& error) {
  Begin(error);
  std::size_t size = 0;
  const int result =
      SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &size);
  if (result != 1) Explain(result, error);
  return size;
}

std::size_t TlsSession::Write(absl::string_view bytes, Error& error) {
  Begin(error);
  std::size_t size = 0;
  const int result =
      SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &size);
  if (result != 1) Explain(result, error);
  return size;
}

void TlsSession::EndOutput() {
  if (is_broken_ || SSL_is_init_finished(session_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
  ERR_clear_error();
}

std::string TlsSession::client_certificate() const {
  return NameOf(SSL_get0_peer_certificate(session_.get()));
}

void TlsSession::Begin(Error& error) {
  ERR_clear_error();
  error = {};
  wants_write_ = false;
}

void TlsSession::Explain(int result, Error& error) {
  const int reason = SSL_get_error(session_.get(), result);
  wants_write_ = reason == SSL_ERROR_WANT_WRITE;
  switch (reason) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      error = asio::error::would_block;
      return;
    case SSL_ERROR_ZERO_RETURN:
      error = asio::error::eof;
      return;
    default:
      is_broken_ = true;
      error = asio::error::connection_reset;
      if (const unsigned long code = ERR_get_error(); code != 0) {
        error = Error(static_cast<int>(code), asio::error::get_ssl_category());
      }
  }
}

}  // namespace webhooks::gateway
