#ifndef WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_
#define WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_

#include <string>

#include "absl/flags/declare.h"
#include "server/runtime/peer_scope.h"

// The flags that mean the same to both processes. A library of its own: a
// program that links it has them.
ABSL_DECLARE_FLAG(std::string, tls_cert);
ABSL_DECLARE_FLAG(std::string, tls_key);
ABSL_DECLARE_FLAG(std::string, tls_client_ca);
ABSL_DECLARE_FLAG(bool, allow_plaintext);
ABSL_DECLARE_FLAG(std::string, metrics_listen);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, log_format);

namespace webhooks {

// Returns how far --allow_plaintext lets plain text go.
PeerScope PlaintextScope();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_
