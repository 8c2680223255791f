#include <cstdlib>
#include <string>

#include "absl/time/clock.h"
#include "gateway/config.h"
#include "gateway/gateway.h"
#include "server/runtime/findings.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/process.h"
#include "server/runtime/stop_signals.h"
#include "server/runtime/tls_material.h"

int main(int argc, char** argv) {
  webhooks::BeginProcess();
  webhooks::ParseFlags(
      argc, argv,
      webhooks::ServiceUsage("webhook-gateway [FLAGS]: serves the webhook "
                             "API as REST, from a gRPC server."),
      "gateway/");
  const auto config = webhooks::gateway::ReadConfig();
  if (!config.ok()) return webhooks::FailStart(config.status());
  if (config->check) {
    webhooks::UnblockStopSignals();
    return webhooks::PrintFindings(
        webhooks::gateway::Gateway::Check(*config, absl::Now()));
  }
  webhooks::Log(webhooks::LogLevel::kInfo, "starting",
                {{"version", webhooks::Version()},
                 {"tls", webhooks::TlsMode(config->tls)},
                 {"server", config->server},
                 {"server_tls", webhooks::TlsMode(config->server_tls)}});
  const auto gateway = webhooks::gateway::Gateway::Start(*config);
  if (!gateway.ok()) return webhooks::FailStart(gateway.status());
  for (const std::string& address : (*gateway)->addresses()) {
    webhooks::Log(webhooks::LogLevel::kInfo, "listening",
                  {{"address", address}});
  }
  const int signal = webhooks::WaitForStopSignal();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopping", {{"signal", signal}});
  webhooks::EndProcessAfter(config->grace);
  (*gateway)->Stop();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopped");
  return EXIT_SUCCESS;
}
