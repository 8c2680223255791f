#ifndef WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_
#define WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_

#include <string>

#include "absl/flags/declare.h"
#include "server/runtime/peer_scope.h"

// The flags that both processes have. A separate library, because a program has
// the flags that it links.
ABSL_DECLARE_FLAG(std::string, tls_cert);
ABSL_DECLARE_FLAG(std::string, tls_key);
ABSL_DECLARE_FLAG(std::string, tls_client_ca);
ABSL_DECLARE_FLAG(bool, allow_plaintext);
ABSL_DECLARE_FLAG(bool, allow_plaintext_metrics);
ABSL_DECLARE_FLAG(std::string, metrics_listen);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, log_format);

namespace webhooks {

// Return the scope of plain text that --allow_plaintext sets, and that of the
// metrics page, which --allow_plaintext_metrics sets.
PeerScope PlaintextScope();
PeerScope MetricsScope();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_SERVICE_FLAGS_H_
