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
      report_(std::move(report)),
      logged_(absl::StatusCodeToString(absl::StatusCode::kOk)) {
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
  // An overloaded store is healthy: otherwise its load would move to the next
  // server. A full store is not, since it refuses every change.
  const bool is_healthy =
      status && (status->ok() || Reason(*status) == "STORAGE_BUSY");
  LogResult(is_healthy ? absl::StatusCodeToString(absl::StatusCode::kOk)
            : status   ? absl::StatusCodeToString(status->code())
                       : "no answer",
            is_healthy);
  return is_healthy;
}

void HealthMonitor::LogResult(const std::string& result, bool is_healthy) {
  if (result == logged_) return;
  logged_ = result;
  Log(is_healthy ? LogLevel::kInfo : LogLevel::kWarning, "storage probe",
      {{"status", result}});
}

}  // namespace webhooks::server
