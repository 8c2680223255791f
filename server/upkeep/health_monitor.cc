#include "server/upkeep/health_monitor.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"

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
  struct Outcome {
    absl::Notification known;
    absl::Status status;
  };
  // Shared, since a probe that hangs may complete after the timeout.
  auto outcome = std::make_shared<Outcome>();
  store_.Probe({absl::Now() + timeout_, nullptr}, [outcome](absl::Status s) {
    outcome->status = std::move(s);
    outcome->known.Notify();
  });
  if (!outcome->known.WaitForNotificationWithTimeout(timeout_)) {
    Log(LogLevel::kWarning, "storage probe", {{"status", "no answer"}});
    return false;
  }
  // An overloaded store is healthy: otherwise its load would move to the next
  // server. A full store is not, since it refuses every change.
  if (Reason(outcome->status) == "STORAGE_BUSY") return true;
  if (!outcome->status.ok()) {
    Log(LogLevel::kWarning, "storage probe",
        {{"status", absl::StatusCodeToString(outcome->status.code())}});
  }
  return outcome->status.ok();
}

}  // namespace webhooks::server
