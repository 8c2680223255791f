#ifndef WEBHOOKS_SERVER_CONFIG_H_
#define WEBHOOKS_SERVER_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/call/admission.h"
#include "server/delivery/delivery_config.h"
#include "server/runtime/address.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/tls_material.h"

namespace webhooks::server {

// The values of the flags; see their help texts.
struct Config {
  // Only run Server::Check.
  bool check = false;
  std::vector<std::string> listen;
  int max_connections = 0;
  int max_connections_per_address = 0;
  int max_calls_per_key = 0;
  absl::Duration handshake_timeout;
  // Without a certificate, the server uses plain text within `plaintext`.
  TlsFiles tls;
  PeerScope plaintext = PeerScope::kThisMachine;
  ProjectAdmission::Gateways gateways;
  std::string database;
  std::string api_key_file;
  std::string admin_key_file;
  std::string secret_key_file;
  bool allow_http_urls = false;
  DeliveryConfig delivery;
  absl::Duration grace;
  // If unset, metrics are not served.
  std::optional<Address> metrics_listen;
  PeerScope metrics_scope = PeerScope::kThisMachine;
};

// Reads the flags, after ParseFlags, and configures the log. INVALID_ARGUMENT
// names the flag and the fault of its value.
absl::StatusOr<Config> ReadConfig();

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CONFIG_H_
