#include "server/upkeep/maintenance_thread.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/runtime/log.h"
#include "storage/await.h"

namespace webhooks::server {
namespace {

// The maximum speed of the retention clock while it catches up with a clock
// that is ahead, for example after the server was down.
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
      latest_read_at_(steady_clock_()),
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
    const int steps = RunSteps();
    if (steps > 0) {
      Log(LogLevel::kInfo, "storage maintained", {{"steps", steps}});
    }
    if (!IsStopping()) LogUnusedKeys();
    absl::MutexLock lock(&mutex_);
    const auto must_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopping_ || woken_;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&must_go_on), interval_);
    woken_ = false;
  }
}

int MaintenanceThread::RunSteps() {
  int steps = 0;
  while (!IsStopping() && Step()) ++steps;
  return steps;
}

std::optional<absl::Duration> MaintenanceThread::Retention(absl::Time now) {
  const absl::Duration look = steady_clock_();
  const auto time = Await<absl::Time>([&](auto done) {
    store_.AdvanceRetention(now, kCatchUp * (look - latest_read_at_), {},
                            std::move(done));
  });
  if (!time.ok()) return std::nullopt;
  latest_read_at_ = look;
  return retention_ + (now - *time);
}

bool MaintenanceThread::Step() {
  const absl::Time now = clock_();
  const std::optional<absl::Duration> retention = Retention(now);
  if (!retention) return false;
  const auto more = Await<bool>([&](auto done) {
    store_.Maintain(now, *retention, {}, std::move(done));
  });
  // A failed step, which the store has logged, is repeated after the interval.
  return more.ok() && *more;
}

void MaintenanceThread::LogUnusedKeys() {
  const auto unused = Await<std::vector<SecretKey::Id>>(
      [&](auto done) { store_.ListUnusedKeys({}, std::move(done)); });
  if (!unused.ok() || *unused == logged_unused_keys_) return;
  logged_unused_keys_ = *unused;
  if (unused->empty()) return;
  Log(LogLevel::kInfo, "secret keys not needed any more",
      {{"keys", absl::StrJoin(*unused, ",",
                              [](std::string* out, const SecretKey::Id& id) {
                                out->append(FormatKeyId(id));
                              })}});
}

bool MaintenanceThread::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

}  // namespace webhooks::server
