#include <grpc/grpc.h>

#include <iostream>
#include <string>
#include <vector>

#include "proto/rpc/status.h"
#include "server/ctl/command.h"
#include "server/ctl/command_line.h"
#include "server/ctl/completion.h"
#include "server/ctl/output.h"
#include "server/ctl/projects.h"
#include "server/ctl/short_ids.h"
#include "server/runtime/flags.h"
#include "server/runtime/stop_signals.h"

namespace webhooks::ctl {
namespace {

// Returns what to do about an error, in the words of this program; "" if it is
// not known.
absl::string_view HintOf(absl::string_view reason) {
  if (reason == "API_KEY_MISSING") {
    return "  give one with --key_file or WEBHOOKS_KEY\n";
  }
  if (reason == "ADMIN_KEY_INVALID") {
    return "  this command needs the key of the administrators, the server's "
           "file admin-key: give it with --key_file\n";
  }
  if (reason == "API_KEY_INVALID") {
    return "  this command needs a key of the project, or the key of the "
           "administrators with --project\n";
  }
  if (reason == "DELIVERY_NOT_FOUND") {
    return "  if it is the id of an event: webhookctl delivery explain EVENT\n";
  }
  return "";
}

// Prints the error `status` to standard error and returns `code`.
int Fail(const absl::Status& status, int code) {
  const std::string reason = Reason(status);
  std::cerr << "ERROR: " << Printable(status.message());
  if (!reason.empty()) std::cerr << " (" << Printable(reason) << ")";
  std::cerr << "\n";
  std::cerr << HintOf(reason);
  const google::rpc::BadRequest violations = ViolationsOf(status);
  if (violations.field_violations_size() > 1) {
    for (const auto& violation : violations.field_violations()) {
      std::cerr << "  " << Printable(violation.field()) << " "
                << Printable(violation.description()) << "\n";
    }
  }
  return code;
}

// Answers a shell; the last word is the one to complete.
int PrintCompletions(absl::Span<const std::string> words) {
  if (words.empty()) return 0;
  for (const std::string& word :
       Complete(words.first(words.size() - 1), words.back())) {
    std::cout << word << "\n";
  }
  return 0;
}

int PrintHelpOf(const std::vector<std::string>& words) {
  const auto help = HelpOf(words);
  if (!help.ok()) return Fail(help.status(), 1);
  std::cout << *help;
  return 0;
}

int Run(int argc, char** argv) {
  const auto line = absl::MakeSpan(argv, static_cast<std::size_t>(argc));
  if (argc > 1 && argv[1] == kComplete) {
    return PrintCompletions(std::vector<std::string>(argv + 2, argv + argc));
  }
  ReplaceDashesInFlags(line);
  if (AsksForHelp(line)) {
    const auto typed =
        PositionalWords(std::vector<std::string>(argv + 1, argv + argc));
    if (!typed.empty()) return PrintHelpOf(typed);
  }
  // Before gRPC starts threads, which must leave the signals to this one.
  BlockStopSignals();
  // Never shut down; see BeginProcess.
  grpc_init();
  const std::vector<std::string> words =
      ParseFlagsAndWords(argc, argv, Usage(), kFlagsFolder,
                         {"server", "json", "timeout", "database"});
  const auto given = FlagsGiven(line);
  if (!given.ok()) return Fail(given.status(), 1);
  const auto options = ReadOptions();
  if (!options.ok()) return Fail(options.status(), 1);
  std::vector<std::string> arguments;
  const auto command = FindCommand(words, arguments);
  if (!command.ok()) return Fail(command.status(), 1);
  const absl::Status fits = CheckFlags(**command, *given);
  if (!fits.ok()) return Fail(fits, 1);
  if (!(*command)->waits_for_stop) UnblockStopSignals();
  Client client(*options);
  Session session{*options, client, arguments};
  absl::Status status = ResolveProjects(**command, session);
  if (status.ok()) status = ResolveIds(**command, session);
  if (status.ok()) status = (*command)->run(session);
  if (!status.ok()) {
    std::cout.flush();
    return Fail(status, ExitCode(status));
  }
  if (std::cout.flush()) return 0;
  return Fail(absl::DataLossError("standard output cannot be written"), 1);
}

}  // namespace
}  // namespace webhooks::ctl

int main(int argc, char** argv) { return webhooks::ctl::Run(argc, argv); }
