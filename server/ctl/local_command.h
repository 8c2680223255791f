#ifndef WEBHOOKS_SERVER_CTL_LOCAL_COMMAND_H_
#define WEBHOOKS_SERVER_CTL_LOCAL_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/ctl/command.h"

// The parts of commands that work on a database and call no server.
namespace webhooks::ctl {

// Returns a command with Command::is_local.
Command LocalCommand(absl::string_view words, absl::string_view arguments,
                     std::vector<absl::string_view> flags,
                     absl::string_view summary,
                     absl::Status (*run)(Session& session));

// From now on, the first SIGINT, SIGTERM or SIGHUP makes IsInterrupted true, so
// that the command can clean up and end. A second one ends the process.
void CatchInterruption();
bool IsInterrupted();

// Replaces the code of an error of the storage, since exit codes stand for
// errors of a server. CANCELLED gets the message `interrupted`.
absl::Status LocalFailure(const absl::Status& status,
                          absl::string_view interrupted);

// Returns OK unless --project is given, which the command does not take.
absl::Status RefuseProject(const Session& session);

// Returns `text` as a string of JSON.
std::string JsonString(const std::string& text);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_LOCAL_COMMAND_H_
