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

// The input of a command, and the client for its calls.
struct Session {
  const Options& options;
  Client& client;
  // The words after those of the command.
  std::vector<std::string> arguments;
};

// An entry of the table of commands, for main, --help and completion.
struct Command {
  // For example "project create".
  absl::string_view words;
  // The names of the arguments, for example "EVENT [WEBHOOK]"; those in
  // brackets can be left out.
  absl::string_view arguments;
  // The flags of the command, besides those of every command.
  std::vector<absl::string_view> flags;
  absl::string_view summary;
  // Runs the command and prints its result to standard output.
  absl::Status (*run)(Session& session);
  // The command runs until WaitForStopSignal or StopSignalWithin tells it to
  // end; SIGINT and SIGTERM end the other commands at once.
  bool waits_for_stop = false;
  // The command works on --database and calls no server.
  bool is_local = false;
};

// Return the commands of one topic.
std::vector<Command> ProjectCommands();
std::vector<Command> KeyCommands();
std::vector<Command> CertificateCommands();
std::vector<Command> ServerCommands();
std::vector<Command> WebhookCommands();
std::vector<Command> EventCommands();
std::vector<Command> DeliveryCommands();
std::vector<Command> ExplainCommands();
std::vector<Command> RetryJobCommands();
std::vector<Command> ListenCommands();
std::vector<Command> BackupCommands();
std::vector<Command> TransferCommands();
std::vector<Command> OtherCommands();

// Returns the commands of all topics.
const std::vector<Command>& AllCommands();

// Returns the command at the start of `words`, and sets `arguments` to the
// rest. INVALID_ARGUMENT if there is no such command, or if it takes another
// number of arguments.
absl::StatusOr<const Command*> FindCommand(absl::Span<const std::string> words,
                                           std::vector<std::string>& arguments);

// Returns OK if the command takes all the flags in `given`. INVALID_ARGUMENT
// names one that it does not take.
absl::Status CheckFlags(const Command& command,
                        absl::Span<const std::string> given);

// Returns the error of an update command without a field to update.
absl::Status NothingToChange();

// Returns the text of --help before the flags, which are defined in
// kFlagsFolder.
std::string Usage();
inline constexpr absl::string_view kFlagsFolder = "server/ctl/";

// Returns true if only some commands take the flag.
bool IsOfCommand(absl::string_view flag);

// Returns the help of the command `words`, or of the commands that begin with
// them. INVALID_ARGUMENT if there is none.
absl::StatusOr<std::string> HelpOf(absl::Span<const std::string> words);

// Returns the exit code for the status of a command: 0 OK, 3 NOT_FOUND, 4
// authentication, 5 server unreachable or too slow, 6 request refused by the
// server (whose errors have reasons), 7 limit reached, 8 conflict, 1 any other.
int ExitCode(const absl::Status& status);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_COMMAND_H_
