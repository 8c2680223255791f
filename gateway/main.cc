#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/api_handler.h"
#include "gateway/backend/grpc_backend.h"
#include "gateway/config.h"
#include "gateway/docs_handler.h"
#include "gateway/health_handler.h"
#include "gateway/http/http_server.h"
#include "gateway/openapi/document.h"
#include "gateway/request_metrics.h"
#include "gateway/services.h"
#include "gateway/transcoding/router.h"
#include "server/runtime/findings.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/metrics/page.h"
#include "server/runtime/metrics/process_figures.h"
#include "server/runtime/open_files.h"
#include "server/runtime/process.h"
#include "server/runtime/stop_signals.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {
namespace {

absl::StatusOr<std::unique_ptr<MetricsPage>> ServeMetrics(
    const Config& config, std::vector<const prometheus::Collectable*> metrics) {
  if (!config.metrics_listen) return nullptr;
  auto page =
      MetricsPage::Listen(*config.metrics_listen, config.http.plaintext);
  if (!page.ok()) return page;
  (*page)->Serve(std::move(metrics));
  Log(LogLevel::kInfo, "serving metrics", {{"address", (*page)->address()}});
  return page;
}

int Check(const Config& config) {
  UnblockStopSignals();
  std::vector<Finding> findings{"flags"};
  for (const TlsFiles* files : {&config.tls, &config.server_tls}) {
    if (WantsTls(*files)) findings.push_back(InspectTls(*files, absl::Now()));
  }
  for (const Address& address : config.http.listen) {
    findings.push_back(InspectListener(
        "listen", address,
        WantsTls(config.tls) ? PeerScope::kAnywhere : config.http.plaintext,
        kListenRemedy));
  }
  if (config.metrics_listen) {
    findings.push_back(InspectListener("metrics_listen", *config.metrics_listen,
                                       config.http.plaintext, kMetricsRemedy));
  }
  if (ReadPages(config.docs_folder).empty()) {
    findings.emplace_back(absl::StrCat("no pages of /docs in ",
                                       config.docs_folder,
                                       ", so they are not served"));
  }
  return TellFindings(findings);
}

int Serve(const Config& config) {
  RaiseFileLimit(config.http.limits.connections);
  const auto services = AnnotatedServices();
  const auto router = Router::Make(services);
  if (!router.ok()) return FailStart(router.status());
  const auto* key_check = FindKeyCheck(services);
  if (key_check == nullptr) {
    return FailStart(absl::InternalError("no RPC checks keys"));
  }
  const auto openapi = OpenApiDocument(services, config.http.limits.body_bytes);
  if (!openapi.ok()) return FailStart(openapi.status());
  const auto tls = TlsWatch::Start(config.tls);
  if (!tls.ok()) return FailStart(tls.status());
  const auto server_tls = TlsWatch::Start(config.server_tls);
  if (!server_tls.ok()) return FailStart(server_tls.status());
  // In this order: each uses those above it until its own end.
  GrpcBackend backend(config.server, config.server_connections,
                      server_tls->get(), config.server_tls_name);
  ApiHandler api(*router, backend, *key_check, config.call_timeout);
  DocsHandler docs(api, *openapi, ReadPages(config.docs_folder));
  HealthHandler handler(docs, backend);
  const ProcessFigures process("gateway");
  prometheus::Registry registry;
  RequestMetrics requests(registry);
  const auto server =
      HttpServer::Start(config.http, handler, requests, tls->get());
  if (!server.ok()) return FailStart(server.status());
  const ConnectionFigures connections(**server);
  const auto page = ServeMetrics(config, {&process, &registry, &connections});
  if (!page.ok()) return FailStart(page.status());
  for (const std::string& address : (*server)->addresses()) {
    Log(LogLevel::kInfo, "listening", {{"address", address}});
  }
  const int signal = WaitForStopSignal();
  Log(LogLevel::kInfo, "stopping", {{"signal", std::int64_t{signal}}});
  EndProcessAfter(config.grace);
  (*server)->Stop(config.grace);
  Log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace
}  // namespace webhooks::gateway

int main(int argc, char** argv) {
  webhooks::BeginProcess();
  webhooks::ParseFlags(
      argc, argv,
      webhooks::ServiceUsage("webhook-gateway [FLAGS]: serves the webhook "
                             "API as REST, from a gRPC server."),
      "gateway/");
  const auto config = webhooks::gateway::ReadConfig();
  if (!config.ok()) return webhooks::FailStart(config.status());
  return config->check ? webhooks::gateway::Check(*config)
                       : webhooks::gateway::Serve(*config);
}
