#include "server/runtime/service_flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, tls_cert, "",
          "A PEM file with the certificate to serve TLS with, and those "
          "between it and its authority. Read again when it changes.");
ABSL_FLAG(std::string, tls_key, "",
          "A PEM file with the certificate's private key, not encrypted. Read "
          "again when it changes.");
ABSL_FLAG(std::string, tls_client_ca, "",
          "A PEM file with authorities: clients must show a certificate of "
          "theirs. Read again when it changes.");
ABSL_FLAG(bool, allow_plaintext, false,
          "Speak without TLS to other machines: on addresses that they can "
          "reach, and with a server on one of them; and let them read the "
          "metrics, which are always plain text and ask for no key.");
ABSL_FLAG(std::string, metrics_listen, "",
          "Where to serve metrics for Prometheus, to GET /metrics over HTTP: "
          "host:port; port 0 picks a free one, which the log tells. Default: "
          "nowhere. Whoever reaches it reads them; where other machines can, "
          "it needs --allow_plaintext.");
ABSL_FLAG(std::string, log_level, "info",
          "The least that is logged: debug, info, warning or error.");
ABSL_FLAG(std::string, log_format, "text",
          "How log lines look: text, or json for one object a line.");

namespace webhooks {

PeerScope PlaintextScope() {
  return absl::GetFlag(FLAGS_allow_plaintext) ? PeerScope::kAnywhere
                                              : PeerScope::kThisMachine;
}

}  // namespace webhooks
