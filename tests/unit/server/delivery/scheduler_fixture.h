#ifndef WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_SCHEDULER_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_SCHEDULER_FIXTURE_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "server/delivery/scheduler.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_delivery.h"

namespace webhooks::server {

inline const Endpoint kA{"p", "https://a"};
inline const Endpoint kB{"p", "https://b"};

// A scheduler with a fake queue, a fake sender and fake clocks.
class SchedulerTest : public ::testing::Test {
 protected:
  void Start() {
    scheduler_.emplace(
        queue_, sender_, options_,
        Scheduler::Clocks{[this] { return wall_.Now(); },
                          [this] { return clock_.Now(); }},
        [] { return 0.5; },
        [this](const AttemptResult&, const RecordedAttempt&, const Span& span) {
          if (on_recorded_) on_recorded_();
          absl::MutexLock lock(&mutex_);
          spans_.push_back(span);
        });
  }

  // Advances the clocks after the scheduler has handled all answers.
  void Advance(absl::Duration duration) {
    Settle();
    clock_.Advance(duration);
    wall_.Advance(duration);
    scheduler_->Wake();
  }

  // Waits until the scheduler is idle: makes a last endpoint due, and waits for
  // its lease request.
  void Settle() {
    const Endpoint last{"p", "https://settled/" + std::to_string(++settled_)};
    queue_.Tell({last, wall_.Now()});
    queue_.AwaitLeaseRequest(last);
  }

  // Makes the scheduler lease three deliveries to kA, one of which is in
  // flight.
  void StartWithPrefetched() {
    v1::DeliverySettings settings;
    settings.set_max_in_flight(1);
    queue_.SetSettings(settings);
    for (const char* id : {"1", "2", "3", "4"}) {
      queue_.Put(kA, id, wall_.Now());
    }
    Start();
    sender_.AwaitSent(1);
    sender_.Answer(kA.webhook, 200);
    sender_.AwaitSent(2);
    Settle();
    ASSERT_GT(queue_.LeasedUntil("3"), wall_.Now());
  }

  // Returns how many signatures of Standard Webhooks the headers have.
  static int Signatures(const std::vector<std::string>& headers) {
    int count = 0;
    for (const std::string& header : headers) {
      if (!absl::StartsWith(header, "webhook-signature:")) continue;
      count += static_cast<int>(std::count(header.begin(), header.end(), ','));
    }
    return count;
  }

  testing::FakeClock wall_;
  testing::FakeClock clock_;
  testing::FakeQueue queue_{[this] { return clock_.Now(); }};
  testing::FakeSender sender_;
  Scheduler::Options options_;
  // Called in the iteration that handles a recorded attempt.
  std::function<void()> on_recorded_;
  int settled_ = 0;
  absl::Mutex mutex_;
  std::vector<Span> spans_ ABSL_GUARDED_BY(mutex_);
  // Declared last, so that it is destroyed first.
  std::optional<Scheduler> scheduler_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_SCHEDULER_FIXTURE_H_
