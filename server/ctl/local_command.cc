#include "server/ctl/local_command.h"

#include <signal.h>

#include <utility>

#include "proto/json/json_text.h"
#include "server/ctl/output.h"

namespace webhooks::ctl {
namespace {

volatile sig_atomic_t has_signal = 0;

}  // namespace

Command LocalCommand(absl::string_view words, absl::string_view arguments,
                     std::vector<absl::string_view> flags,
                     absl::string_view summary,
                     absl::Status (*run)(Session& session)) {
  Command command{words, arguments, std::move(flags), summary, run};
  command.is_local = true;
  return command;
}

void CatchInterruption() {
  struct sigaction action {};
  action.sa_handler = [](int) { has_signal = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  has_signal = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
}

bool IsInterrupted() { return has_signal != 0; }

absl::Status LocalFailure(const absl::Status& status,
                          absl::string_view interrupted) {
  return absl::UnknownError(absl::IsCancelled(status) ? interrupted
                                                      : status.message());
}

absl::Status RefuseProject(const Session& session) {
  if (!session.options.project) return absl::OkStatus();
  return absl::InvalidArgumentError("--project: not a flag of this command");
}

std::string JsonString(const std::string& text) {
  std::string json;
  if (!AppendJsonString(text, json)) AppendJsonString(Printable(text), json);
  return json;
}

}  // namespace webhooks::ctl
