#ifndef WEBHOOKS_SERVER_CTL_COMMAND_H_
#define WEBHOOKS_SERVER_CTL_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/ctl/client.h"
#include "server/ctl/options.h"

namespace webhooks::ctl {

// The input of a command, and the client that it calls with.
struct Session {
  const Options& options;
  Client& client;
  // The words after those of the command: as many as Command::arguments has.
  std::vector<std::string> arguments;
};

// One thing that webhookctl does: what --help, completion and main go by.
struct Command {
  // "project create"
  absl::string_view words;
  // "PROJECT NAME": each stands for one argument.
  absl::string_view arguments;
  // Its own flags, beside those that every command has.
  std::vector<absl::string_view> flags;
  absl::string_view summary;
  // Does it and prints the outcome to standard output.
  absl::Status (*run)(Session& session);
};

// The commands by what they are about.
std::vector<Command> ProjectCommands();
std::vector<Command> KeyCommands();
std::vector<Command> CertificateCommands();
std::vector<Command> WebhookCommands();
std::vector<Command> EventCommands();
std::vector<Command> DeliveryCommands();
std::vector<Command> RetryJobCommands();
std::vector<Command> ListenCommands();
std::vector<Command> BackupCommands();
std::vector<Command> OtherCommands();

// All of them.
const std::vector<Command>& AllCommands();

// The command that `words` begin with and, in `arguments`, what follows it.
// INVALID_ARGUMENT: there is none, or it takes another number of arguments.
absl::StatusOr<const Command*> FindCommand(absl::Span<const std::string> words,
                                           std::vector<std::string>& arguments);

// Returns OK if the command takes all the flags in `given`. INVALID_ARGUMENT
// names one that it does not take.
absl::Status CheckFlags(const Command& command,
                        absl::Span<const std::string> given);

// The error of an update command without a field to update.
absl::Status NothingToChange();

// Returns the text of --help before the flags, which are those of this folder.
std::string Usage();
inline constexpr absl::string_view kFlagsFolder = "server/ctl/";

// A script for bash that completes commands and flags.
std::string BashCompletion();

// The exit code of a command that ended so: 0 OK, 3 NOT_FOUND, 4
// authentication, 5 unreachable or too late, 6 refused as it is by the server,
// whose errors have reasons, 7 a limit, 8 a conflict, 1 anything else.
int ExitCode(const absl::Status& status);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_COMMAND_H_
