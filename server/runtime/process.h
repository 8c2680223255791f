#ifndef WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
#define WEBHOOKS_SERVER_RUNTIME_PROCESS_H_

#include "absl/status/status.h"

// How a process of this service begins, well or not.
namespace webhooks {

// Holds the standard files, blocks the stop signals, makes the libraries' log
// lines ours and begins gRPC. The first thing in main, before any thread or
// file.
void BeginProcess();

// Says on standard error why the process does not start ("ERROR: ..."), after
// everything that was logged, and returns its exit code.
int FailStart(const absl::Status& status);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_PROCESS_H_
