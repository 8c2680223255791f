#ifndef WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_
#define WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_

#include <openssl/ssl.h>

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {

// Settings of TLS with the clients of HTTP/1.1: versions 1.2 and 1.3, forward
// secrecy and authenticated encryption only, ALPN. Nothing is resumed: no
// ticket's key outlives a connection, and each one shows its certificate.
// Thread-safe.
class TlsContexts {
 public:
  // `watch` must outlive this. Where it has authorities, clients must show a
  // certificate of theirs.
  explicit TlsContexts(const TlsWatch& watch) : watch_(watch) {}

  // For a connection that begins now: by what the watch has. Null if OpenSSL
  // cannot, which the watch has tried.
  std::shared_ptr<SSL_CTX> current();

 private:
  const TlsWatch& watch_;
  absl::Mutex mutex_;
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<SSL_CTX> context_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_TLS_CONTEXTS_H_
