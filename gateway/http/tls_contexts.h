#ifndef WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_
#define WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_

#include <openssl/ssl.h>

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {

// TLS settings for HTTP/1.1 clients: versions 1.2 and 1.3, only forward secrecy
// and authenticated encryption, ALPN. No session resumption: no ticket key
// outlives a connection, and each connection shows its certificate.
// Thread-safe.
class TlsContexts {
 public:
  // `watch` must outlive this. If it has authorities, clients must show a
  // certificate from one of them.
  explicit TlsContexts(const TlsWatch& watch) : watch_(watch) {}

  // Returns the context for a new connection, with the current material of the
  // watch; null if OpenSSL fails, which the watch has tested.
  std::shared_ptr<SSL_CTX> current();

 private:
  const TlsWatch& watch_;
  absl::Mutex mutex_;
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<SSL_CTX> context_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_
