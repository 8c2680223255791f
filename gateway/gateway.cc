#include "gateway/gateway.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api_handler.h"
#include "gateway/backend/channel.h"
#include "gateway/backend/grpc_backend.h"
#include "gateway/backend/health_check.h"
#include "gateway/errors.h"
#include "gateway/health_handler.h"
#include "gateway/http/http_server.h"
#include "gateway/openapi/descriptors.h"
#include "gateway/openapi/document.h"
#include "gateway/page_policies.h"
#include "gateway/pages.h"
#include "gateway/pages_handler.h"
#include "gateway/request_metrics.h"
#include "gateway/services.h"
#include "gateway/transcoding/router.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/registry.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/metrics/file_metrics.h"
#include "server/runtime/metrics/page.h"
#include "server/runtime/metrics/process_metrics.h"
#include "server/runtime/open_files.h"
#include "server/runtime/tls_material.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {
namespace {

// Everything that a gateway reads before it serves.
struct Parts {
  Router router;
  const google::protobuf::MethodDescriptor& key_check;
  std::string openapi;
  std::unique_ptr<TlsWatch> tls;
  std::unique_ptr<TlsWatch> server_tls;
};

absl::StatusOr<Parts> ReadParts(const Config& config) {
  const auto services = AnnotatedServices();
  auto router = Router::Make(services);
  if (!router.ok()) return router.status();
  const auto* key_check = FindKeyCheck(services);
  if (key_check == nullptr) return absl::InternalError("no RPC checks keys");
  auto openapi = OpenApiDocument(services, config.http.limits.body_bytes);
  if (!openapi.ok()) return openapi.status();
  auto tls = TlsWatch::Start(config.tls);
  if (!tls.ok()) return tls.status();
  auto server_tls = TlsWatch::Start(config.server_tls);
  if (!server_tls.ok()) return server_tls.status();
  return Parts{*std::move(router), *key_check, *std::move(openapi),
               *std::move(tls), *std::move(server_tls)};
}

constexpr absl::string_view kDocs = "/docs";
constexpr absl::string_view kConsole = "/console";

std::vector<Document> Documents(const std::string& openapi) {
  return {{"/openapi.json", {"application/json", openapi}},
          {"/descriptors.binpb",
           {"application/protobuf", std::string(EmbeddedDescriptors())}}};
}

std::vector<Mount> Mounts(const Config& config) {
  return {{.path = std::string(kDocs),
           .first = std::string(kDocs),
           .pages = ReadPages(config.docs_folder),
           .headers = DocsPolicy(),
           .missing = DocsNotInstalled()},
          {.path = std::string(kConsole),
           .first = absl::StrCat(kConsole, "/"),
           .pages = ReadPages(config.console_folder),
           .headers = ConsolePolicy(config.console_frame_ancestors),
           .missing = ConsoleNotInstalled()}};
}

class RunningGateway final : public Gateway {
 public:
  RunningGateway(const Config& config, Parts parts)
      : config_(config),
        parts_(std::move(parts)),
        backend_(config_.server, config_.server_connections,
                 parts_.server_tls.get(), config_.server_tls_name),
        api_(parts_.router, backend_, parts_.key_check,
             {config_.call_timeout, config_.accept_project_header}),
        pages_(api_, Documents(parts_.openapi), Mounts(config_), kConsole),
        handler_(pages_, backend_),
        process_("gateway"),
        requests_(registry_) {}

  absl::Status Listen() {
    auto server =
        HttpServer::Start(config_.http, handler_, requests_, parts_.tls.get());
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    addresses_ = server_->addresses();
    connections_.emplace(*server_);
    return ServeMetrics();
  }

  const std::vector<std::string>& addresses() const override {
    return addresses_;
  }

  void Stop() override { server_->Stop(config_.grace); }

 private:
  absl::Status ServeMetrics() {
    if (!config_.metrics_listen) return absl::OkStatus();
    auto page =
        MetricsPage::Listen(*config_.metrics_listen, config_.metrics_scope);
    if (!page.ok()) return page.status();
    page_ = *std::move(page);
    files_.AddTls("tls", parts_.tls.get());
    files_.AddTls("server_tls", parts_.server_tls.get());
    page_->Serve({&process_, &files_, &registry_, &*connections_});
    Log(LogLevel::kInfo, "serving metrics", {{"address", page_->address()}});
    return absl::OkStatus();
  }

  const Config config_;
  // In this order: each uses those above it until its own end.
  const Parts parts_;
  GrpcBackend backend_;
  ApiHandler api_;
  PagesHandler pages_;
  HealthHandler handler_;
  const ProcessMetrics process_;
  FileMetrics files_;
  prometheus::Registry registry_;
  RequestMetrics requests_;
  std::unique_ptr<HttpServer> server_;
  std::vector<std::string> addresses_;
  std::optional<ConnectionGauges> connections_;
  std::unique_ptr<MetricsPage> page_;
};

// Calls each server, unless the certificates cannot be used, which is another
// finding.
void CheckServers(const Config& config, std::vector<Finding>& findings) {
  constexpr absl::Duration kTimeout = absl::Seconds(5);
  absl::StatusOr<TlsMaterial> tls = ReadTlsFiles(config.server_tls);
  if (!tls.ok() || !CheckTls(*tls, config.server_tls).ok()) return;
  for (const std::string& server : SplitTarget(config.server)) {
    const absl::Status serves =
        CheckHealth(server, WantsTls(config.server_tls) ? &*tls : nullptr,
                    config.server_tls_name, kTimeout);
    if (serves.ok()) {
      findings.emplace_back(absl::StrCat("--server ", server, " serves"));
    } else {
      findings.emplace_back(absl::UnavailableError(
          absl::StrCat("--server ", server, ": ", serves.message())));
    }
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Config& config) {
  RaiseFileLimit(config.http.limits.connections);
  auto parts = ReadParts(config);
  if (!parts.ok()) return parts.status();
  auto gateway = std::make_unique<RunningGateway>(config, *std::move(parts));
  if (auto status = gateway->Listen(); !status.ok()) return status;
  return gateway;
}

std::vector<Finding> Gateway::Check(const Config& config, absl::Time now) {
  std::vector<Finding> findings{InspectFlags()};
  for (const TlsFiles* files : {&config.tls, &config.server_tls}) {
    if (WantsTls(*files)) findings.push_back(InspectTls(*files, now));
  }
  for (const Address& address : config.http.listen) {
    findings.push_back(InspectListener(
        "listen", address,
        WantsTls(config.tls) ? PeerScope::kAnywhere : config.http.plaintext,
        kListenRemedy));
  }
  if (config.metrics_listen) {
    findings.push_back(InspectListener("metrics_listen", *config.metrics_listen,
                                       config.metrics_scope, kMetricsRemedy));
  }
  CheckServers(config, findings);
  for (const auto& [path, folder] :
       {std::pair(kDocs, config.docs_folder),
        std::pair(kConsole, config.console_folder)}) {
    if (!ReadPages(folder).empty()) continue;
    findings.emplace_back(absl::StrCat("no pages of ", path, " in ", folder,
                                       ", so they are not served"));
  }
  return findings;
}

}  // namespace webhooks::gateway
