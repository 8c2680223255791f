#include <iostream>

#include "grpc/health/v1/health.pb.h"
#include "server/ctl/command.h"
#include "server/runtime/flags.h"

namespace webhooks::ctl {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

absl::Status CheckHealth(Session& session) {
  const auto answer = session.client.Call<HealthCheckResponse>(
      "grpc.health.v1.Health/Check", HealthCheckRequest());
  if (!answer.ok()) return answer.status();
  const std::string& state =
      HealthCheckResponse::ServingStatus_Name(answer->status());
  std::cout << (session.options.json ? "{\"status\":\"" + state + "\"}" : state)
            << "\n";
  return answer->status() == HealthCheckResponse::SERVING
             ? absl::OkStatus()
             : absl::UnknownError("the server does not serve");
}

absl::Status Complete(Session& session) {
  if (session.arguments[0] != "bash") {
    return absl::InvalidArgumentError("only bash is known");
  }
  std::cout << BashCompletion();
  return absl::OkStatus();
}

absl::Status Help(Session&) {
  PrintHelp(Usage(), kFlagsFolder);
  return absl::OkStatus();
}

}  // namespace

std::vector<Command> OtherCommands() {
  return {
      {"help", "", {}, "Prints this, as --help does.", &Help},
      {"health", "", {}, "Tells whether the server serves.", &CheckHealth},
      {"completion",
       "SHELL",
       {},
       "Prints a script that completes command lines: source <(webhookctl "
       "completion bash)",
       &Complete},
  };
}

}  // namespace webhooks::ctl
