#include "server/runtime/service_flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, tls_cert, "",
          "A PEM file with the server certificate for TLS, followed by the "
          "intermediate certificates. Read again when it changes. Default: no "
          "TLS.");
ABSL_FLAG(std::string, tls_key, "",
          "A PEM file with the private key of --tls_cert, not encrypted. Read "
          "again when it changes.");
ABSL_FLAG(std::string, tls_client_ca, "",
          "A PEM file with certificate authorities. Clients must have a "
          "certificate of one of them. Read again when it changes. Default: "
          "clients need no certificate.");
ABSL_FLAG(bool, allow_plaintext, false,
          "Allow plain text to other machines: listeners without TLS that they "
          "can reach, and calls without TLS to a server on one of them. The "
          "metrics page has a flag of its own.");
ABSL_FLAG(bool, allow_plaintext_metrics, false,
          "Allow a metrics page that other machines can reach. It is always "
          "plain text without authentication.");
ABSL_FLAG(std::string, metrics_listen, "",
          "The address of the metrics page for Prometheus (GET /metrics over "
          "HTTP): host:port; port 0 picks a free port, which is logged. "
          "Without authentication: an address that other machines can reach "
          "needs --allow_plaintext_metrics. Default: no metrics page.");
ABSL_FLAG(std::string, log_level, "info",
          "The minimum level of logged lines: debug, info, warning or error.");
ABSL_FLAG(std::string, log_format, "text",
          "The format of log lines: text, or json for one object per line.");

namespace webhooks {
namespace {

PeerScope ScopeOf(bool is_anywhere_allowed) {
  return is_anywhere_allowed ? PeerScope::kAnywhere : PeerScope::kThisMachine;
}

}  // namespace

PeerScope PlaintextScope() {
  return ScopeOf(absl::GetFlag(FLAGS_allow_plaintext));
}

PeerScope MetricsScope() {
  return ScopeOf(absl::GetFlag(FLAGS_allow_plaintext_metrics));
}

}  // namespace webhooks
