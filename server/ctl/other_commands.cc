#include <iostream>

#include "grpc/health/v1/health.pb.h"
#include "server/ctl/command.h"
#include "server/ctl/completion.h"
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

absl::Status PrintScript(Session& session) {
  const auto script = CompletionScript(session.arguments[0]);
  if (!script.ok()) return script.status();
  std::cout << *script;
  return absl::OkStatus();
}

absl::Status Help(Session& session) {
  if (session.arguments.empty()) {
    PrintHelp(Usage(), kFlagsFolder);
    return absl::OkStatus();
  }
  const auto help = HelpOf(session.arguments);
  if (!help.ok()) return help.status();
  std::cout << *help;
  return absl::OkStatus();
}

}  // namespace

std::vector<Command> OtherCommands() {
  return {
      {"help",
       "[TOPIC] [COMMAND]",
       {},
       "Prints the help of a command, of the commands of a topic, or of all.",
       &Help},
      {"health", "", {}, "Tells whether the server serves.", &CheckHealth},
      {"completion",
       "SHELL",
       {},
       "Prints a script for bash, zsh or fish that completes command lines: "
       "source <(webhookctl completion bash)",
       &PrintScript},
  };
}

}  // namespace webhooks::ctl
