#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/config.h"
#include "server/runtime/flags.h"
#include "server/runtime/log.h"
#include "server/runtime/stop_signals.h"
#include "server/server.h"

namespace {

int Fail(const absl::Status& status) {
  webhooks::FlushLog();
  std::cerr << "webhook-server: " << status.message() << std::endl;
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  webhooks::BlockStopSignals();
  webhooks::ParseFlags(
      argc, argv,
      "Stores webhooks and serves webhooks.v1 over gRPC. Every flag is also "
      "read from the environment, as WEBHOOKS_<FLAG>.",
      "server/");
  const auto config = webhooks::server::ReadConfig();
  if (!config.ok()) return Fail(config.status());
  const auto server = webhooks::server::Server::Start(*config);
  if (!server.ok()) return Fail(server.status());
  for (const std::string& address : (*server)->addresses()) {
    webhooks::Log(webhooks::LogLevel::kInfo, "listening",
                  {{"address", address}});
  }
  const int signal = webhooks::WaitForStopSignal();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopping", {{"signal", signal}});
  (*server)->Stop();
  webhooks::Log(webhooks::LogLevel::kInfo, "stopped");
  return EXIT_SUCCESS;
}
