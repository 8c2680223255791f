#include "server/config.h"

#include <filesystem>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/listen/listening_socket.h"
#include "server/runtime/certificate_name.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/service_flags.h"
#include "storage/open.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:50051",
          "The addresses to serve gRPC on, comma-separated: host:port, "
          "[ipv6]:port or unix:PATH. Port 0 picks a free port, which is "
          "logged.");
ABSL_FLAG(bool, check, false,
          "Only check if a start would succeed: flags, addresses, "
          "certificates, the whole database and key files. Changes nothing, "
          "and works while a server runs. Prints a line for each check, and "
          "exits with 1 if one fails.");
ABSL_FLAG(int, max_connections, 10000,
          "The maximum number of open connections: 1 to 1000000. Further ones "
          "are closed at once.");
ABSL_FLAG(
    int, max_connections_per_address, 1000,
    "The maximum number of open connections from one IPv4 address or IPv6 /64 "
    "network: 1 or more. Further ones are closed at once. Also the maximum "
    "number of its health watches, and of its reflection streams; further ones "
    "fail with RESOURCE_EXHAUSTED.");
ABSL_FLAG(int, max_calls_per_key, 1000,
          "The maximum number of calls in flight with one API key or "
          "certificate: 1 or more. Further ones fail with "
          "RESOURCE_EXHAUSTED. Several servers on one database divide the "
          "number between them.");
ABSL_FLAG(absl::Duration, handshake_timeout, absl::Seconds(10),
          "The time limit for the TLS and HTTP/2 handshakes of a new "
          "connection: 1ms to 1h.");
ABSL_FLAG(
    std::string, trusted_gateways, "",
    "The certificate names of gateways, comma-separated. They are trusted to "
    "forward the certificate names and addresses of their clients. Default: "
    "none.");
ABSL_FLAG(
    std::string, trusted_gateway_addresses, "",
    "The addresses and CIDR ranges of gateways, comma-separated (for "
    "IPv6: networks of /64 or larger, ::/64 for ::1). They are trusted to "
    "forward the addresses of their clients, as are clients on a unix "
    "socket. Default: none.");
ABSL_FLAG(std::string, database, "sqlite:data/webhooks.db",
          "The database: sqlite:PATH, which is created if it does not exist, "
          "with sqlite:PATH?max_bytes=N to limit its size; or, for several "
          "servers, postgres://USER@HOST/DATABASE with options of libpq. The "
          "password belongs in a file (passfile=PATH, or PGPASSFILE).");
ABSL_FLAG(std::string, api_key_file, "",
          "The file for the API key of the project that the first start on an "
          "empty database creates. If the file has a key, the project gets it. "
          "Default: api-key in the database's folder; with postgres://, "
          "data/api-key.");
ABSL_FLAG(
    std::string, admin_key_file, "",
    "The file with the administrators' key (AdminService) as its only line, "
    "which is created if it does not exist. Read again when it changes. "
    "Default: admin-key in the database's folder; with postgres://, "
    "data/admin-key.");
ABSL_FLAG(
    std::string, secret_key_file, "",
    "The file with the keys that encrypt the secrets in the database, on "
    "each line 32 bytes in base64: the first encrypts, all decrypt. It "
    "is created for a new database; without it the secrets are lost. Read "
    "again when it changes. All servers of a postgres:// database need the "
    "same keys. Default: secret-key in the database's folder; with "
    "postgres://, data/secret-key, in a folder that exists.");
ABSL_FLAG(bool, allow_http_urls, false,
          "Accept http:// URLs for webhooks besides https://.");
ABSL_FLAG(absl::Duration, grace, absl::Seconds(20),
          "The time that calls and deliveries in progress get after SIGTERM or "
          "SIGINT before they are cancelled: 0s or more.");

namespace webhooks::server {
namespace {

absl::StatusOr<std::vector<std::string>> ReadListen() {
  std::vector<std::string> addresses =
      absl::StrSplit(absl::GetFlag(FLAGS_listen), ',');
  for (const std::string& address : addresses) {
    if (absl::Status good = CheckListenAddress(address); !good.ok()) {
      return BadFlag("listen", good.message());
    }
  }
  return addresses;
}

absl::Status ReadGateways(Config& config) {
  std::vector<std::string>& names = config.gateways.names;
  names = absl::StrSplit(absl::GetFlag(FLAGS_trusted_gateways), ',',
                         absl::SkipEmpty());
  if (!names.empty() && config.tls.authorities.empty()) {
    return BadFlag("trusted_gateways", "needs --tls_client_ca");
  }
  if (!absl::c_all_of(names, IsCertificateName)) {
    return BadFlag("trusted_gateways",
                   "must be names of 1 to 255 visible ASCII characters");
  }
  auto addresses =
      ParseAddressRanges(absl::GetFlag(FLAGS_trusted_gateway_addresses));
  if (!addresses.ok()) {
    return BadFlag("trusted_gateway_addresses", addresses.status().message());
  }
  // IPv6 clients are identified by their /64 networks; see ClientAddress.
  constexpr int kNetworkBits = 64;
  const AddressRange ipv4 = *AddressRange::Parse("0.0.0.0/0");
  for (const AddressRange& range : *addresses) {
    if (range.bits <= kNetworkBits || ipv4.Holds(range.address)) continue;
    return BadFlag("trusted_gateway_addresses",
                   "must have only /64 or larger networks for IPv6");
  }
  config.gateways.addresses = *std::move(addresses);
  return absl::OkStatus();
}

absl::Status ReadTls(Config& config) {
  config.tls = {absl::GetFlag(FLAGS_tls_cert), absl::GetFlag(FLAGS_tls_key),
                absl::GetFlag(FLAGS_tls_client_ca)};
  config.plaintext = PlaintextScope();
  config.handshake_timeout = absl::GetFlag(FLAGS_handshake_timeout);
  if (config.handshake_timeout < absl::Milliseconds(1) ||
      config.handshake_timeout > absl::Hours(1)) {
    return BadFlag("handshake_timeout", "must be 1ms to 1h");
  }
  absl::Status good = CheckListenerFlags(config.tls);
  return good.ok() ? ReadGateways(config) : good;
}

// Returns the file that a flag names, or `name` in the database's folder.
std::string BesideDatabase(const Config& config, const std::string& flag,
                           const char* name) {
  if (!flag.empty()) return flag;
  return (std::filesystem::path(StoreFolder(config.database)) / name).string();
}

}  // namespace

absl::StatusOr<Config> ReadConfig() {
  absl::Status log = ConfigureLog(absl::GetFlag(FLAGS_log_level),
                                  absl::GetFlag(FLAGS_log_format));
  if (!log.ok()) return log;
  Config config;
  config.check = absl::GetFlag(FLAGS_check);
  auto listen = ReadListen();
  if (!listen.ok()) return listen.status();
  config.listen = *std::move(listen);
  config.max_connections = absl::GetFlag(FLAGS_max_connections);
  if (config.max_connections < 1 || config.max_connections > 1'000'000) {
    return BadFlag("max_connections", "must be 1 to 1000000");
  }
  config.max_connections_per_address =
      absl::GetFlag(FLAGS_max_connections_per_address);
  if (config.max_connections_per_address < 1) {
    return BadFlag("max_connections_per_address", "must be at least 1");
  }
  config.max_calls_per_key = absl::GetFlag(FLAGS_max_calls_per_key);
  if (config.max_calls_per_key < 1) {
    return BadFlag("max_calls_per_key", "must be at least 1");
  }
  if (absl::Status tls = ReadTls(config); !tls.ok()) return tls;
  config.database = absl::GetFlag(FLAGS_database);
  config.api_key_file =
      BesideDatabase(config, absl::GetFlag(FLAGS_api_key_file), "api-key");
  config.admin_key_file =
      BesideDatabase(config, absl::GetFlag(FLAGS_admin_key_file), "admin-key");
  config.secret_key_file = BesideDatabase(
      config, absl::GetFlag(FLAGS_secret_key_file), "secret-key");
  config.allow_http_urls = absl::GetFlag(FLAGS_allow_http_urls);
  auto delivery = ReadDeliveryConfig();
  if (!delivery.ok()) return delivery.status();
  config.delivery = *std::move(delivery);
  config.grace = absl::GetFlag(FLAGS_grace);
  if (config.grace < absl::ZeroDuration()) {
    return BadFlag("grace", "must not be negative");
  }
  auto metrics_listen = ParseOptionalAddress(
      "metrics_listen", absl::GetFlag(FLAGS_metrics_listen));
  if (!metrics_listen.ok()) return metrics_listen.status();
  config.metrics_listen = *std::move(metrics_listen);
  config.metrics_scope = MetricsScope();
  return config;
}

}  // namespace webhooks::server
