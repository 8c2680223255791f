#include "server/call/request_timeouts.h"

#include <iterator>

#include "server/runtime/clock.h"

namespace webhooks::server {

RequestTimeouts::RequestTimeouts(absl::Duration timeout,
                                 absl::Duration interval)
    : timeout_(timeout), interval_(interval), thread_([this] { Run(); }) {}

RequestTimeouts::~RequestTimeouts() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
  }
  thread_.join();
}

RequestTimeouts::Place RequestTimeouts::Add(TimedCall& call) {
  std::list<Wait> added;
  added.push_back({&call, SteadyTime() + timeout_});
  absl::MutexLock lock(&mutex_);
  waits_.splice(waits_.end(), added);
  return std::prev(waits_.end());
}

bool RequestTimeouts::Remove(Place place) {
  std::list<Wait> ended;
  const auto is_decided = [&] {
    mutex_.AssertHeld();
    return place->is_notified || !place->is_overdue;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&is_decided));
  ended.splice(ended.end(), place->is_overdue ? overdue_ : waits_, place);
  return !place->is_overdue;
}

void RequestTimeouts::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), interval_)) {
        return;
      }
    }
    while (ExpireOne()) {
    }
  }
}

bool RequestTimeouts::ExpireOne() {
  Place overdue;
  {
    absl::MutexLock lock(&mutex_);
    if (waits_.empty() || waits_.front().until > SteadyTime()) return false;
    overdue = waits_.begin();
    overdue->is_overdue = true;
    overdue_.splice(overdue_.end(), waits_, overdue);
  }
  overdue->call->RequestTimedOut();
  absl::MutexLock lock(&mutex_);
  overdue->is_notified = true;
  return true;
}

}  // namespace webhooks::server
