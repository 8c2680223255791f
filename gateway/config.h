#ifndef WEBHOOKS_GATEWAY_CONFIG_H_
#define WEBHOOKS_GATEWAY_CONFIG_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/http_server.h"
#include "server/runtime/address.h"
#include "server/runtime/tls_material.h"

namespace webhooks::gateway {

// The values of this process's flags; --help has the whole list.
struct Config {
  // Only look at what a start would find.
  bool check = false;
  HttpServer::Options http;
  TlsFiles tls;
  std::string server;
  int server_connections = 1;
  TlsFiles server_tls;
  // The name that the server's certificate must have instead of its host's.
  std::string server_tls_name;
  absl::Duration call_timeout;
  absl::Duration grace;
  std::string docs_folder;
  // Unset: no metrics are served.
  std::optional<Address> metrics_listen;
};

// Reads the flags, which must have been parsed, and configures the log.
// INVALID_ARGUMENT: the message has one line for each flag with a bad value.
absl::StatusOr<Config> ReadConfig();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONFIG_H_
