#ifndef WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
#define WEBHOOKS_SERVER_RUNTIME_PROCESS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The first step of a process of this service, and its exit if it cannot start.
namespace webhooks {

// Opens missing standard files, blocks the stop signals, redirects the log
// lines of libraries and initializes gRPC. From then on, a process that runs
// out of memory exits with kOutOfMemory and a line on standard error, since it
// could leave calls unanswered. Call it first in main, before any thread or
// file.
void BeginProcess();

inline constexpr int kOutOfMemory = 71;

// Returns the version of the service, such as "1.2.0".
absl::string_view Version();

// Prints why the process cannot start to standard error ("ERROR: ..."), after
// all log lines, and returns the exit code.
int FailStart(const absl::Status& status);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
