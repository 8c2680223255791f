#ifndef WEBHOOKS_GATEWAY_CONFIG_H_
#define WEBHOOKS_GATEWAY_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/http_server.h"
#include "server/runtime/address.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/tls_material.h"

namespace webhooks::gateway {

// The settings of the process, from its flags; --help lists them.
struct Config {
  // Only run Gateway::Check.
  bool check = false;
  HttpServer::Options http;
  TlsFiles tls;
  std::string server;
  int server_connections = 0;
  TlsFiles server_tls;
  // The name in the server's certificate, if it is not the host of `server`.
  std::string server_tls_name;
  absl::Duration call_timeout;
  bool accept_project_header = true;
  absl::Duration grace;
  std::string docs_folder;
  std::string console_folder;
  // The origins whose pages may embed the console.
  std::vector<std::string> console_frame_ancestors;
  // If unset, metrics are not served.
  std::optional<Address> metrics_listen;
  PeerScope metrics_scope = PeerScope::kThisMachine;
};

// Reads the flags, which must have been parsed, and configures the log.
// INVALID_ARGUMENT: the message has one line for each flag with a bad value.
absl::StatusOr<Config> ReadConfig();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONFIG_H_
