#include "gateway/config.h"

#include <algorithm>
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
#include "gateway/docs/pages.h"
#include "server/runtime/log.h"
#include "server/runtime/service_flags.h"

ABSL_FLAG(
    std::string, listen, "127.0.0.1:8080",
    "Addresses of the HTTP listener: host:port or [ipv6]:port, separated by "
    "commas. Port 0 chooses a free port, which the log tells.");
ABSL_FLAG(bool, check, false,
          "Check the flags, addresses and certificates instead of serving. "
          "Prints the findings, and exits with 1 if a start would fail.");
ABSL_FLAG(int, threads, 0,
          "Threads that serve connections. 0: one for each core, at most 4.");
ABSL_FLAG(
    std::string, server, "127.0.0.1:50051",
    "The gRPC server: host:port, or any other target that gRPC resolves.");
ABSL_FLAG(int, server_connections, 1, "Connections to the gRPC server.");
ABSL_FLAG(std::string, server_tls_ca, "",
          "A PEM file with the authorities of the server's certificate. Calls "
          "use TLS if it is set. Read again when it changes.");
ABSL_FLAG(std::string, server_tls_cert, "",
          "A PEM file with the gateway's certificate for the server. Read "
          "again when it changes.");
ABSL_FLAG(std::string, server_tls_key, "",
          "A PEM file with the unencrypted private key of that certificate. "
          "Read again when it changes.");
ABSL_FLAG(std::string, server_tls_name, "",
          "The name in the server's certificate, if it is not the host of "
          "--server.");
ABSL_FLAG(int, max_connections, 10000, "Open connections. 503 beyond.");
ABSL_FLAG(int, max_connections_per_address, 1000,
          "Open connections from one address (IPv6: from one /64 network). 503 "
          "beyond.");
ABSL_FLAG(int, max_header_bytes, 16 << 10,
          "Size of the request line and headers together. 431 beyond.");
ABSL_FLAG(int, max_body_bytes, 1 << 20,
          "Size of a request body, except for batches of events. 413 beyond.");
ABSL_FLAG(std::int64_t, max_buffered_bytes, 256 << 20,
          "Size of the bodies of all requests in progress. 503 beyond. Also "
          "the size of all answers that wait to be read. Beyond, the "
          "connection is closed.");
ABSL_FLAG(std::int64_t, max_buffered_bytes_per_address, 64 << 20,
          "The part of --max_buffered_bytes for one address (IPv6: for one /64 "
          "network). Bodies and answers of up to 16 KiB do not count.");
ABSL_FLAG(
    absl::Duration, header_timeout, absl::Seconds(10),
    "Time from a request's first byte to the end of its headers. 408 beyond. "
    "Also the time limit of a TLS handshake.");
ABSL_FLAG(absl::Duration, body_timeout, absl::Seconds(30),
          "Time from the end of the headers to the end of the body. 408 "
          "beyond.");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Seconds(120),
          "Time for which a connection may be idle between requests. Beyond, "
          "it is closed.");
ABSL_FLAG(absl::Duration, write_timeout, absl::Seconds(30),
          "Time for a client to read an answer. Beyond, the connection is "
          "closed.");
ABSL_FLAG(absl::Duration, call_timeout, absl::Seconds(15),
          "Timeout of a call without a grpc-timeout of the client; at most "
          "1m. 504 beyond.");
ABSL_FLAG(absl::Duration, grace, absl::Seconds(20),
          "Time for requests in progress to end after SIGTERM or SIGINT. "
          "Beyond, they are cancelled.");
ABSL_FLAG(
    std::string, docs_folder, "",
    "The folder with the pages of /docs. Default: ../share/webhooks/docs, "
    "relative to the folder of the program.");

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
  config.grace = Timeout(FLAGS_grace, problems);
  config.docs_folder = absl::GetFlag(FLAGS_docs_folder);
  if (config.docs_folder.empty()) config.docs_folder = DefaultPagesFolder();
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
