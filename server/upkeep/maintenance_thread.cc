#include "server/upkeep/maintenance_thread.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

// The speed of the retention clock, as a multiple of that of time, while it
// follows a clock that is ahead of it, as after the server has not run for a
// while.
constexpr double kCatchUp = 2;

}  // namespace

MaintenanceThread::MaintenanceThread(Upkeep& store, Clock clock,
                                     absl::Duration interval,
                                     absl::Duration retention,
                                     SteadyClock steady_clock)
    : store_(store),
      clock_(std::move(clock)),
      interval_(interval),
      retention_(retention),
      steady_clock_(std::move(steady_clock)),
      looked_at_(steady_clock_()),
      thread_([this] { Run(); }) {}

MaintenanceThread::~MaintenanceThread() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void MaintenanceThread::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void MaintenanceThread::Run() {
  while (!IsStopping()) {
    const int steps = Work();
    if (steps > 0) {
      Log(LogLevel::kInfo, "storage maintained", {{"steps", steps}});
    }
    if (!told_unused_keys_ && !IsStopping()) TellUnusedKeys();
    absl::MutexLock lock(&mutex_);
    const auto must_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopping_ || woken_;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&must_go_on), interval_);
    woken_ = false;
  }
}

int MaintenanceThread::Work() {
  int steps = 0;
  while (!IsStopping() && Step()) ++steps;
  return steps;
}

std::optional<absl::Duration> MaintenanceThread::Retention(absl::Time now) {
  const absl::Duration look = steady_clock_();
  absl::Notification known;
  std::optional<absl::Duration> retention;
  store_.AdvanceRetention(now, kCatchUp * (look - looked_at_), {},
                          [&](const absl::StatusOr<absl::Time>& time) {
                            if (time.ok())
                              retention = retention_ + (now - *time);
                            known.Notify();
                          });
  known.WaitForNotification();
  if (retention) looked_at_ = look;
  return retention;
}

bool MaintenanceThread::Step() {
  const absl::Time now = clock_();
  const std::optional<absl::Duration> retention = Retention(now);
  if (!retention) return false;
  absl::Notification known;
  bool more = false;
  store_.Maintain(now, *retention, {}, [&](const absl::StatusOr<bool>& result) {
    // A store that fails or is busy is asked again after the
    // interval; it has logged its fault.
    more = result.ok() && *result;
    known.Notify();
  });
  known.WaitForNotification();
  return more;
}

// The keys of a process stay the same, and so does that one is not needed.
void MaintenanceThread::TellUnusedKeys() {
  absl::Notification known;
  std::vector<std::string> ids;
  store_.ListUnusedKeys(
      {}, [&](const absl::StatusOr<std::vector<SecretKey::Id>>& unused) {
        if (unused.ok()) {
          for (const SecretKey::Id& id : *unused) {
            ids.push_back(FormatKeyId(id));
          }
        }
        known.Notify();
      });
  known.WaitForNotification();
  if (ids.empty()) return;
  told_unused_keys_ = true;
  Log(LogLevel::kInfo, "secret keys not needed any more",
      {{"keys", absl::StrJoin(ids, ",")}});
}

bool MaintenanceThread::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

}  // namespace webhooks::server
