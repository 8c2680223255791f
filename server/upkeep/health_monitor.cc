#include "server/upkeep/health_monitor.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"
#include "storage/await.h"

namespace webhooks::server {

HealthMonitor::HealthMonitor(Upkeep& store, absl::Duration interval,
                             absl::Duration timeout, Report report)
    : store_(store),
      interval_(interval),
      timeout_(timeout),
      report_(std::move(report)) {
  report_(Probe());
  thread_ = std::thread([this] { Run(); });
}

HealthMonitor::~HealthMonitor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  report_(false);
  thread_.join();
}

void HealthMonitor::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), interval_)) {
        return;
      }
    }
    const bool serving = Probe();
    absl::MutexLock lock(&mutex_);
    if (!stopping_) report_(serving);
  }
}

bool HealthMonitor::Probe() {
  Pending<absl::Status> probe;
  store_.Probe({absl::Now() + timeout_, nullptr}, probe.Completion());
  const std::optional<absl::Status> status = probe.GetWithin(timeout_);
  if (!status) {
    Log(LogLevel::kWarning, "storage probe", {{"status", "no answer"}});
    return false;
  }
  // An overloaded store is healthy: otherwise its load would move to the next
  // server. A full store is not, since it refuses every change.
  if (Reason(*status) == "STORAGE_BUSY") return true;
  if (!status->ok()) {
    Log(LogLevel::kWarning, "storage probe",
        {{"status", absl::StatusCodeToString(status->code())}});
  }
  return status->ok();
}

}  // namespace webhooks::server
