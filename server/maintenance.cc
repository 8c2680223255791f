#include "server/maintenance.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
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

// The keys of a process stay the same, and so does that one is not needed.
void Maintenance::TellUnusedKeys() {
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

bool Maintenance::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

}  // namespace webhooks::server
