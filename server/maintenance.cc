#include "server/maintenance.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "server/runtime/log.h"

namespace webhooks::server {

Maintenance::Maintenance(Upkeep& store, Clock clock, absl::Duration interval,
                         absl::Duration retention)
    : store_(store),
      clock_(std::move(clock)),
      interval_(interval),
      retention_(retention),
      thread_([this] { Run(); }) {}

Maintenance::~Maintenance() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Maintenance::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void Maintenance::Run() {
  while (!IsStopping()) {
    const int steps = Work();
    if (steps > 0)
      Log(LogLevel::kInfo, "storage maintained", {{"steps", steps}});
    absl::MutexLock lock(&mutex_);
    const auto must_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopping_ || woken_;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&must_go_on), interval_);
    woken_ = false;
  }
}

int Maintenance::Work() {
  int steps = 0;
  while (!IsStopping() && Step()) ++steps;
  return steps;
}

bool Maintenance::Step() {
  absl::Notification known;
  bool more = false;
  store_.Maintain(clock_(), retention_, {},
                  [&](const absl::StatusOr<bool>& result) {
                    // A store that fails or is busy is asked again after the
                    // interval; it has logged its fault.
                    more = result.ok() && *result;
                    known.Notify();
                  });
  known.WaitForNotification();
  return more;
}

bool Maintenance::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

}  // namespace webhooks::server
