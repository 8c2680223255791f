#include "gateway/http/tls_contexts.h"

#include "absl/strings/string_view.h"

namespace webhooks::gateway {
namespace {

constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kGroups[] = "X25519:P-256:P-384";

// A client that offers only other protocols expects another server (RFC 7301,
// section 3.2).
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size,
                   void*) {
  constexpr absl::string_view kProtocol = "http/1.1";
  while (offered_size > 0 && *offered < offered_size) {
    const absl::string_view name(reinterpret_cast<const char*>(offered + 1),
                                 *offered);
    if (name == kProtocol) {
      *chosen = offered + 1;
      *size = *offered;
      return SSL_TLSEXT_ERR_OK;
    }
    offered_size -= *offered + 1U;
    offered += *offered + 1U;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The end of the input needs no close_notify: HTTP requests have a known
// length.
constexpr std::uint64_t kOptions =
    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
    SSL_OP_IGNORE_UNEXPECTED_EOF;

bool Configure(SSL_CTX& context, const TlsWatch& watch,
               const TlsMaterial& material) {
  SSL_CTX_set_options(&context, kOptions);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(&context, 0);
  // Idle connections hold no buffers; a repeated write may use another buffer.
  SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS |
                                 SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(&context, &ChooseProtocol, nullptr);
  if (watch.has_authorities()) {
    SSL_CTX_set_verify(
        &context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(&context, kCiphers) == 1 &&
         SSL_CTX_set1_groups_list(&context, kGroups) == 1 &&
         UseTls(material, context);
}

}  // namespace

std::shared_ptr<SSL_CTX> TlsContexts::current() {
  std::shared_ptr<const TlsMaterial> material = watch_.current();
  absl::MutexLock lock(&mutex_);
  if (material == material_) return context_;
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   &SSL_CTX_free);
  material_ = std::move(material);
  if (Configure(*context, watch_, *material_)) context_ = std::move(context);
  return context_;
}

}  // namespace webhooks::gateway
