#include "server/runtime/process.h"

#include <grpc/grpc.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <new>

#include "absl/synchronization/mutex.h"
#include "server/runtime/library_logs.h"
#include "server/runtime/log.h"
#include "server/runtime/open_files.h"
#include "server/runtime/stop_signals.h"

namespace webhooks {
namespace {

void EndOutOfMemory() {
  constexpr char kLine[] = "ERROR: the process is out of memory, so it ends\n";
  static_cast<void>(!write(STDERR_FILENO, kLine, sizeof(kLine) - 1));
  _exit(kOutOfMemory);
}

}  // namespace

void BeginProcess() {
  std::set_new_handler(&EndOutOfMemory);
  HoldStandardFiles();
  BlockStopSignals();
  IgnoreOtherSignals();
  RouteLibraryLogs();
  // Debian's Abseil tracks the order of all locks otherwise, also for gRPC.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Never shut down: gRPC's shutdown waits up to ten seconds for a thread that
  // polls.
  grpc_init();
}

absl::string_view Version() { return WEBHOOKS_VERSION; }

int FailStart(const absl::Status& status) {
  FlushLog();
  std::cerr << "ERROR: " << status.message() << std::endl;
  return EXIT_FAILURE;
}

}  // namespace webhooks
