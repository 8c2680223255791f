#ifndef WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
#define WEBHOOKS_SERVER_RUNTIME_PROCESS_H_

#include "absl/status/status.h"

// The beginning of a process of this service, and its end where it cannot
// begin.
namespace webhooks {

// Holds the standard files, blocks the stop signals, makes the libraries' log
// lines ours and begins gRPC. From then on a process that is out of memory ends
// with kOutOfMemory, and a line on standard error that says so: what goes on
// without it would leave calls unanswered. The first thing in main, before any
// thread or file.
void BeginProcess();

inline constexpr int kOutOfMemory = 71;

// Says on standard error why the process does not start ("ERROR: ..."), after
// everything that was logged, and returns its exit code.
int FailStart(const absl::Status& status);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
