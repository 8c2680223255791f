#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "server/config.h"
#include "server/runtime/findings.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/process.h"
#include "server/runtime/stop_signals.h"
#include "server/runtime/tls_material.h"
#include "server/server.h"

int main(int argc, char** argv) {
  webhooks::BeginProcess();
  webhooks::ParseFlags(
      argc, argv,
      webhooks::ServiceUsage(
          "webhook-server [FLAGS]: stores webhooks, delivers events to them "
          "and serves webhooks.v1 over gRPC.",
          "; 74: a write could not be made durable"),
      "server/");
  const auto config = webhooks::server::ReadConfig();
  if (!config.ok()) return webhooks::FailStart(config.status());
  if (config->check) {
    webhooks::UnblockStopSignals();
    return webhooks::PrintFindings(
        webhooks::server::Server::Check(*config, absl::Now()));
  }
  webhooks::Log(webhooks::LogLevel::kInfo, "starting",
                {{"version", webhooks::Version()},
                 {"tls", webhooks::TlsMode(config->tls)}});
  const auto server = webhooks::server::Server::Start(*config);
  if (!server.ok()) return webhooks::FailStart(server.status());
  for (const std::string& address : (*server)->addresses()) {
    webhooks::Log(webhooks::LogLevel::kInfo, "listening",
                  {{"address", address}});
  }
  const int signal = webhooks::WaitForStopSignal();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopping", {{"signal", signal}});
  webhooks::EndProcessAfter(config->grace);
  (*server)->Stop();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopped");
  return EXIT_SUCCESS;
}
