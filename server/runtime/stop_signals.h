#ifndef WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_
#define WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_

#include "absl/time/time.h"

// SIGTERM and SIGINT as something to wait for instead of a handler.
namespace webhooks {

// Blocks SIGTERM and SIGINT in this thread and all that it starts later, and
// ignores SIGPIPE, SIGHUP (what can be read again is without being asked), and
// SIGXFSZ: a write beyond RLIMIT_FSIZE fails instead, which is logged.
// Call it in main before any thread exists.
void BlockStopSignals();

// Lets them end the process at once, as they do where nobody blocks them.
void UnblockStopSignals();

// Ends the process with kNotStopped, and a line on standard error that says so,
// if it has not ended by itself after `grace` and a few seconds. It works
// without another thread and without memory.
void EndProcessAfter(absl::Duration grace);

inline constexpr int kNotStopped = 75;

// Waits for SIGTERM or SIGINT and returns its number. Ignores others for
// `ignore_for`: a supervisor may signal both the process and its group. From
// then on one ends the process at once, for an operator who will not wait.
int WaitForStopSignal(absl::Duration ignore_for = absl::Seconds(1));

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_
