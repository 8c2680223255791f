#include "gateway/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/backend/channel.h"
#include "gateway/call_headers.h"
#include "gateway/http/limits.h"
#include "gateway/page_policies.h"
#include "gateway/pages.h"
#include "server/runtime/log.h"
#include "server/runtime/service_flags.h"

namespace {

using webhooks::gateway::HttpLimits;

// Sizes have the type of their flags: negative values are read, and refused.
constexpr int AsInt(std::size_t size) { return static_cast<int>(size); }

}  // namespace

ABSL_FLAG(std::string, listen, "127.0.0.1:8080",
          "The addresses to serve HTTP on, comma-separated: host:port or "
          "[ipv6]:port. Port 0 picks a free port, which is logged.");
ABSL_FLAG(bool, check, false,
          "Only check if a start would succeed, and if the server can be "
          "reached: flags, addresses, certificates, and a call of the server's "
          "health service. Changes nothing, and works while a gateway runs. "
          "Prints a line for each check, and exits with 1 if one fails.");
ABSL_FLAG(int, threads, 0,
          "The number of threads that serve connections: 0 to 256. 0 means one "
          "for each core, but at most 4.");
ABSL_FLAG(std::string, server, "127.0.0.1:50051",
          "The gRPC servers: host:port, or a target of the schemes dns, ipv4, "
          "ipv6, unix and unix-abstract.");
ABSL_FLAG(int, server_connections, 1,
          "The number of connections to the gRPC server, which calls use in "
          "turn: 1 to 64.");
ABSL_FLAG(std::string, server_tls_ca, "",
          "A PEM file with the certificate authorities of the server's "
          "certificate. If it is given, calls to the server use TLS. Read "
          "again when it changes. Default: calls use plain text.");
ABSL_FLAG(std::string, server_tls_cert, "",
          "A PEM file with the gateway's own certificate for the server, "
          "followed by the intermediate certificates. Read again when it "
          "changes. Default: none.");
ABSL_FLAG(std::string, server_tls_key, "",
          "A PEM file with the private key of --server_tls_cert, not "
          "encrypted. Read again when it changes. Default: none.");
ABSL_FLAG(std::string, server_tls_name, "",
          "The name that the server's certificate must have. Default: the host "
          "of --server.");
ABSL_FLAG(int, max_connections, HttpLimits().connections,
          "The maximum number of open connections: 1 to 1000000. Further ones "
          "are answered with 503.");
ABSL_FLAG(int, max_connections_per_address,
          HttpLimits().connections_per_address,
          "The maximum number of open connections from one IPv4 address or "
          "IPv6 /64 network: 1 to 1000000. Further ones are answered with "
          "503.");
ABSL_FLAG(int, max_header_bytes, AsInt(HttpLimits().header_bytes),
          "The maximum size of the request line and the headers together, in "
          "bytes: 256 to 65535. Larger ones are answered with 431.");
ABSL_FLAG(int, max_body_bytes, AsInt(HttpLimits().body_bytes),
          "The maximum size of a request body in bytes: 1 to 4194304. Larger "
          "ones are answered with 413. Batches of events have a limit of their "
          "own.");
ABSL_FLAG(std::int64_t, max_buffered_bytes, AsInt(HttpLimits().buffered_bytes),
          "The maximum size of the bodies of all requests in progress, in "
          "bytes: 1 to 1099511627776. Further ones are answered with 503. Also "
          "the maximum size of all responses that wait to be read; beyond it, "
          "the connection is closed.");
ABSL_FLAG(std::int64_t, max_buffered_bytes_per_address,
          AsInt(HttpLimits().buffered_bytes_per_address),
          "The part of --max_buffered_bytes that one IPv4 address or IPv6 /64 "
          "network may use, in bytes: 1 to 1099511627776. Bodies and responses "
          "of up to 16 KiB do not count.");
ABSL_FLAG(absl::Duration, header_timeout, HttpLimits().header_timeout,
          "The time limit from the first byte of a request to the end of its "
          "headers: 1ms to 24h. A slower request is answered with 408. Also "
          "the time limit of a TLS handshake.");
ABSL_FLAG(absl::Duration, body_timeout, HttpLimits().body_timeout,
          "The time limit from the end of the headers to the end of the body: "
          "1ms to 24h. A slower request is answered with 408.");
ABSL_FLAG(absl::Duration, idle_timeout, HttpLimits().idle_timeout,
          "The time after which a connection without a request is closed: 1ms "
          "to 24h.");
ABSL_FLAG(absl::Duration, write_timeout, HttpLimits().write_timeout,
          "The time in which a client must read a response: 1ms to 24h. A "
          "slower client's connection is closed.");
ABSL_FLAG(absl::Duration, call_timeout, absl::Seconds(15),
          "The timeout of calls whose request has no grpc-timeout header: 1ms "
          "to 1m. Slower ones are answered with 504.");
ABSL_FLAG(bool, accept_project_header, true,
          "Accept the header x-project, by which administrators work on every "
          "project with their key. false refuses requests with it: for a "
          "gateway that the public can reach.");
ABSL_FLAG(absl::Duration, grace, absl::Seconds(20),
          "The time that requests in progress get after SIGTERM or SIGINT "
          "before they are cancelled: 1ms to 24h.");
ABSL_FLAG(
    std::string, docs_folder, "",
    "The folder with the pages of /docs. Default: ../share/webhooks/docs, "
    "relative to the folder of the program.");
ABSL_FLAG(std::string, console_folder, "",
          "The folder with the pages of /console. Default: "
          "../share/webhooks/console, relative to the folder of the program.");
ABSL_FLAG(std::string, console_frame_ancestors, "",
          "The origins whose pages may embed the console in a frame, "
          "comma-separated: https://acme.com. Default: none.");

namespace webhooks::gateway {
namespace {

using Problems = std::vector<std::string>;

template <typename T>
T Between(const absl::Flag<T>& flag, T least, T most, Problems& problems) {
  const T value = absl::GetFlag(flag);
  if (value < least || value > most) {
    const auto text = [](T number) { return absl::UnparseFlag<T>(number); };
    problems.push_back(absl::StrCat(
        "--", absl::GetFlagReflectionHandle(flag).Name(), " must be ",
        text(least), " to ", text(most), ", not ", text(value)));
  }
  return value;
}

absl::Duration Timeout(const absl::Flag<absl::Duration>& flag,
                       Problems& problems,
                       absl::Duration most = absl::Hours(24)) {
  return Between(flag, absl::Milliseconds(1), most, problems);
}

HttpLimits ReadLimits(Problems& problems) {
  // Beast throws for a field of 64 KiB or more.
  constexpr int kLargestHeader = (64 << 10) - 1;
  constexpr int kLargestBody = 4 << 20;  // of a message that gRPC servers take
  HttpLimits limits;
  limits.connections = Between(FLAGS_max_connections, 1, 1'000'000, problems);
  limits.connections_per_address =
      Between(FLAGS_max_connections_per_address, 1, 1'000'000, problems);
  limits.header_bytes = static_cast<std::size_t>(
      Between(FLAGS_max_header_bytes, 256, kLargestHeader, problems));
  limits.body_bytes = static_cast<std::size_t>(
      Between(FLAGS_max_body_bytes, 1, kLargestBody, problems));
  constexpr std::int64_t kMostBuffered = std::int64_t{1} << 40;
  limits.buffered_bytes = static_cast<std::size_t>(Between<std::int64_t>(
      FLAGS_max_buffered_bytes, 1, kMostBuffered, problems));
  limits.buffered_bytes_per_address =
      static_cast<std::size_t>(Between<std::int64_t>(
          FLAGS_max_buffered_bytes_per_address, 1, kMostBuffered, problems));
  limits.header_timeout = Timeout(FLAGS_header_timeout, problems);
  limits.body_timeout = Timeout(FLAGS_body_timeout, problems);
  limits.idle_timeout = Timeout(FLAGS_idle_timeout, problems);
  limits.write_timeout = Timeout(FLAGS_write_timeout, problems);
  return limits;
}

HttpServer::Options ReadHttp(Problems& problems) {
  HttpServer::Options http;
  auto listen = ParseAddresses(absl::GetFlag(FLAGS_listen));
  if (listen.ok()) {
    http.listen = *std::move(listen);
  } else {
    problems.push_back(absl::StrCat("--listen: ", listen.status().message()));
  }
  http.threads = Between(FLAGS_threads, 0, 256, problems);
  if (http.threads == 0) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    http.threads = std::clamp(cores, 1, 4);
  }
  http.limits = ReadLimits(problems);
  http.plaintext = PlaintextScope();
  return http;
}

void ReadTls(Config& config, Problems& problems) {
  config.tls = {absl::GetFlag(FLAGS_tls_cert), absl::GetFlag(FLAGS_tls_key),
                absl::GetFlag(FLAGS_tls_client_ca)};
  config.server_tls = {absl::GetFlag(FLAGS_server_tls_cert),
                       absl::GetFlag(FLAGS_server_tls_key),
                       absl::GetFlag(FLAGS_server_tls_ca)};
  config.server_tls_name = absl::GetFlag(FLAGS_server_tls_name);
  for (const absl::Status& status :
       {CheckListenerFlags(config.tls),
        CheckClientFlags(config.server_tls, "server_tls")}) {
    if (!status.ok()) problems.emplace_back(status.message());
  }
}

void ReadPageFolders(Config& config) {
  config.docs_folder = absl::GetFlag(FLAGS_docs_folder);
  config.console_folder = absl::GetFlag(FLAGS_console_folder);
  if (config.docs_folder.empty()) {
    config.docs_folder = DefaultPagesFolder("docs");
  }
  if (config.console_folder.empty()) {
    config.console_folder = DefaultPagesFolder("console");
  }
}

void ReadFrameAncestors(Config& config, Problems& problems) {
  auto origins = ParseOrigins(absl::GetFlag(FLAGS_console_frame_ancestors));
  if (origins.ok()) {
    config.console_frame_ancestors = *std::move(origins);
  } else {
    problems.push_back(absl::StrCat("--console_frame_ancestors: ",
                                    origins.status().message()));
  }
}

}  // namespace

absl::StatusOr<Config> ReadConfig() {
  Problems problems;
  Config config;
  config.check = absl::GetFlag(FLAGS_check);
  config.http = ReadHttp(problems);
  ReadTls(config, problems);
  config.server = absl::GetFlag(FLAGS_server);
  if (!IsTarget(config.server)) {
    problems.push_back(absl::StrCat(
        "--server must be host:port, or a target of dns, ipv4, ipv6, unix or "
        "unix-abstract, not ",
        config.server));
  } else if (!WantsTls(config.server_tls) &&
             config.http.plaintext == PeerScope::kThisMachine &&
             !StaysOnThisMachine(config.server)) {
    problems.push_back(
        absl::StrCat("--server: ", config.server,
                     " is not on this machine, and needs --server_tls_ca, or "
                     "--allow_plaintext"));
  }
  config.server_connections =
      Between(FLAGS_server_connections, 1, 64, problems);
  config.call_timeout = Timeout(FLAGS_call_timeout, problems, kLongestCall);
  config.accept_project_header = absl::GetFlag(FLAGS_accept_project_header);
  config.grace = Timeout(FLAGS_grace, problems);
  ReadPageFolders(config);
  ReadFrameAncestors(config, problems);
  auto metrics_listen = ParseOptionalAddress(
      "metrics_listen", absl::GetFlag(FLAGS_metrics_listen));
  if (metrics_listen.ok()) {
    config.metrics_listen = *std::move(metrics_listen);
    config.metrics_scope = MetricsScope();
  } else {
    problems.emplace_back(metrics_listen.status().message());
  }
  const absl::Status log = ConfigureLog(absl::GetFlag(FLAGS_log_level),
                                        absl::GetFlag(FLAGS_log_format));
  if (!log.ok()) problems.emplace_back(log.message());
  if (!problems.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  }
  return config;
}

}  // namespace webhooks::gateway
