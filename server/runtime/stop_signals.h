#ifndef WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_
#define WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_

#include "absl/time/time.h"

// Waits for SIGTERM and SIGINT instead of handling them.
namespace webhooks {

// Blocks SIGTERM and SIGINT in this thread and those that it starts later. Call
// it in main before any thread exists.
void BlockStopSignals();

// Unblocks SIGTERM and SIGINT in this thread. They end the process at once,
// unless it was started with them ignored.
void UnblockStopSignals();

// Ignores SIGPIPE; SIGHUP, since changed files are read again without it; and
// SIGXFSZ, so that a write beyond RLIMIT_FSIZE fails with an error.
void IgnoreOtherSignals();

// Ends the process with kNotStopped and a line on standard error if it still
// runs ten seconds after `grace`. Needs neither a thread nor memory for that.
void EndProcessAfter(absl::Duration grace);

inline constexpr int kNotStopped = 75;

inline constexpr absl::Duration kIgnoreFor = absl::Seconds(1);

// Waits for SIGTERM or SIGINT and returns its number. Ignores further ones for
// `ignore_for`, since a supervisor may signal both the process and its group.
// After that, a second signal ends the process at once.
int WaitForStopSignal(absl::Duration ignore_for = kIgnoreFor);

// Does the same for at most `timeout`. Returns false if no signal came.
bool StopSignalWithin(absl::Duration timeout);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_STOP_SIGNALS_H_
