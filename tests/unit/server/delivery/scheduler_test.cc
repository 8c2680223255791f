#include "server/delivery/scheduler.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_delivery.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Outcome = AttemptResult::Outcome;

const Endpoint kA{"p", "https://a"};
const Endpoint kB{"p", "https://b"};

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

TEST_F(SchedulerTest, SendsDeliveriesThatWaitedBeforeTheStart) {
  queue_.Put(kA, "1", wall_.Now());
  queue_.Put(kB, "2", wall_.Now());
  Start();
  EXPECT_THAT(sender_.AwaitSent(2),
              UnorderedElementsAre(kA.webhook, kB.webhook));
}

TEST_F(SchedulerTest, FindsWaitingDeliveriesEvenIfTheFirstListFails) {
  queue_.Put(kA, "1", wall_.Now());
  queue_.FailLists(absl::UnavailableError("busy"));
  Start();
  Settle();
  queue_.FailLists(absl::OkStatus());
  Advance(absl::Seconds(1));
  EXPECT_THAT(sender_.AwaitSent(1), ElementsAre(kA.webhook));
}

TEST_F(SchedulerTest, RecordsASuccess) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  sender_.Answer(kA.webhook, 204);
  const AttemptResult result = queue_.AwaitRecords(1)[0];
  EXPECT_EQ(result.outcome, Outcome::kDelivered);
  EXPECT_EQ(result.lease.delivery, "1");
  EXPECT_EQ(result.record.number(), 1);
  EXPECT_EQ(result.record.started_at().seconds(),
            absl::ToUnixSeconds(wall_.Now()));
}

TEST_F(SchedulerTest, RecordsTheTimeOfTheNextAttempt) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  sender_.Answer(kA.webhook, 500);
  const AttemptResult result = queue_.AwaitRecords(1)[0];
  EXPECT_EQ(result.outcome, Outcome::kRetry);
  EXPECT_EQ(result.retry_at, wall_.Now() + absl::Seconds(5));
}

TEST_F(SchedulerTest, EachAttemptContinuesTheTraceOfThePublisher) {
  queue_.SetTrace(
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "vendor=1"});
  queue_.Put(kA, "1", wall_.Now());
  queue_.Put(kB, "2", wall_.Now());
  Start();
  for (const Endpoint& endpoint : {kA, kB}) {
    sender_.AwaitSent(endpoint == kA ? 1 : 2);
  }
  const std::vector<std::string> headers = sender_.LastHeaders();
  sender_.Answer(kA.webhook, 200);
  sender_.Answer(kB.webhook, 200);
  queue_.AwaitRecords(2);
  absl::MutexLock lock(&mutex_);
  const auto both = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return spans_.size() == 2;
  };
  mutex_.Await(absl::Condition(&both));
  EXPECT_NE(spans_[0].span_id, spans_[1].span_id);
  for (const Span& span : spans_) {
    EXPECT_EQ(span.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(span.parent_id, "00f067aa0ba902b7");
  }
  EXPECT_THAT(headers, ::testing::Contains("tracestate: vendor=1"));
  EXPECT_THAT(
      headers,
      ::testing::AnyOf(
          ::testing::Contains("traceparent: " + spans_[0].Traceparent()),
          ::testing::Contains("traceparent: " + spans_[1].Traceparent())));
}

TEST_F(SchedulerTest, ReportsWhatIsInFlightLeasedAndDue) {
  StartWithPrefetched();
  Advance(absl::Seconds(7));
  const Scheduler::Stats stats = scheduler_->stats();
  EXPECT_EQ(stats.in_flight, 1);
  EXPECT_GT(stats.leased, 1);
  EXPECT_EQ(stats.oldest_due_for, absl::Seconds(7));
}

TEST_F(SchedulerTest, ReportsNothingDueIfNothingWaits) {
  Start();
  Settle();
  EXPECT_EQ(scheduler_->stats().in_flight, 0);
  EXPECT_EQ(scheduler_->stats().oldest_due_for, absl::ZeroDuration());
}

TEST_F(SchedulerTest, DoesNotLeaseBeforeTheDueTime) {
  Start();
  queue_.Publish(kA, "1", wall_.Now() + absl::Seconds(5));
  Settle();
  Advance(absl::Seconds(4));
  Settle();
  EXPECT_THAT(sender_.Sent(), IsEmpty());
  Advance(absl::Seconds(1));
  sender_.AwaitSent(1);
}

TEST_F(SchedulerTest, LeasesAgainWhenALeaseHasFailed) {
  queue_.FailLeases(absl::ResourceExhaustedError("queue"));
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  queue_.AwaitFailedLeases(1);
  queue_.FailLeases(absl::OkStatus());
  Advance(absl::Seconds(1));
  sender_.AwaitSent(1);
}

TEST_F(SchedulerTest, KeepsToTheLimitInFlight) {
  options_.queue.max_in_flight = 1;
  queue_.Put(kA, "1", wall_.Now());
  queue_.Put(kB, "2", wall_.Now());
  Start();
  const std::string first = sender_.AwaitSent(1)[0];
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(1));
  sender_.Answer(first, 200);
  EXPECT_THAT(sender_.AwaitSent(2), SizeIs(2));
}

TEST_F(SchedulerTest, AnOrderedEndpointWaitsUntilTheAttemptIsRecorded) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  queue_.SetSettings(settings);
  queue_.Put(kA, "1", wall_.Now());
  queue_.Put(kA, "2", wall_.Now());
  Start();
  sender_.AwaitSent(1);
  queue_.FailRecords(absl::UnavailableError("disk"));
  sender_.Answer(kA.webhook, 200);
  queue_.AwaitFailures(1);
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(1));
  queue_.FailRecords(absl::OkStatus());
  Advance(absl::Seconds(1));
  EXPECT_THAT(queue_.AwaitRecords(1), SizeIs(1));
  sender_.AwaitSent(2);
}

TEST_F(SchedulerTest, RepeatsRecordingUntilItSucceeds) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  queue_.FailRecords(absl::ResourceExhaustedError("disk full"));
  sender_.Answer(kA.webhook, 200);
  for (int i = 1; i <= 10; ++i) {
    queue_.AwaitFailures(i);
    Settle();
    EXPECT_GT(queue_.LeasedUntil("1"), wall_.Now());
    Advance(absl::Minutes(1));
  }
  queue_.FailRecords(absl::OkStatus());
  Advance(absl::Minutes(1));
  EXPECT_EQ(queue_.AwaitRecords(1)[0].outcome, Outcome::kDelivered);
  EXPECT_THAT(sender_.Sent(), SizeIs(1));
}

TEST_F(SchedulerTest, GivesUpRecordingWhenTheLeaseExpires) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  queue_.FailRecords(absl::DataLossError("row"));
  sender_.Answer(kA.webhook, 200);
  queue_.AwaitFailures(1);
  Settle();
  Advance(absl::Minutes(3));
  queue_.AwaitFailures(2);
  Settle();
  Advance(absl::Seconds(1));
  sender_.AwaitSent(2);
}

TEST_F(SchedulerTest, DropsThePrefetchedAttemptsOfAChangedEndpoint) {
  StartWithPrefetched();
  queue_.Tell({kA, wall_.Now(), /*has_changed=*/true});
  queue_.AwaitGivenUp("3");
}

TEST_F(SchedulerTest, DropsThePrefetchedAttemptsOfADeletedProject) {
  StartWithPrefetched();
  queue_.Tell({{kA.project, ""}, absl::InfiniteFuture(), /*has_changed=*/true});
  queue_.AwaitGivenUp("3");
}

TEST_F(SchedulerTest, SendsUrgentDeliveriesAtOnce) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  sender_.Answer(kA.webhook, 503, "86400");
  EXPECT_EQ(queue_.AwaitRecords(1)[0].retry_at, wall_.Now() + absl::Hours(24));
  queue_.Publish(kA, "2", wall_.Now());
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(1));
  queue_.Tell({kA, wall_.Now(), /*has_changed=*/true, /*is_urgent=*/true});
  sender_.AwaitSent(2);
}

TEST_F(SchedulerTest, DoesNotSignWithAnExpiredSecret) {
  v1::WebhookSecrets secrets;
  v1::WebhookSecret& ending = *secrets.add_secrets();
  ending.set_secret("whsec_AAAA");
  *ending.mutable_expires_at() = ToTimestamp(wall_.Now() + absl::Seconds(1));
  secrets.add_secrets()->set_secret("whsec_BBBB");
  queue_.SetSecrets(secrets);
  StartWithPrefetched();
  EXPECT_EQ(Signatures(sender_.LastHeaders()), 2);
  Advance(absl::Seconds(1));
  sender_.Answer(kA.webhook, 200);
  sender_.AwaitSent(3);
  EXPECT_EQ(Signatures(sender_.LastHeaders()), 1);
}

TEST_F(SchedulerTest, DropsThePrefetchedAttemptsOfAnOverloadedEndpoint) {
  StartWithPrefetched();
  sender_.Answer(kA.webhook, 429);
  queue_.AwaitGivenUp("3");
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(2));
}

TEST_F(SchedulerTest, LeasesAgainIfALeaseIsAboutToExpire) {
  StartWithPrefetched();
  Advance(absl::Minutes(1));
  sender_.Answer(kA.webhook, 200);
  queue_.AwaitGivenUp("3");
  sender_.AwaitSent(3);
}

TEST_F(SchedulerTest, SendsEarlierIfTheWallClockJumpsAhead) {
  Start();
  queue_.Publish(kA, "1", wall_.Now() + absl::Hours(1));
  Settle();
  wall_.Advance(absl::Hours(1));
  scheduler_->Wake();
  sender_.AwaitSent(1);
}

TEST_F(SchedulerTest, AJumpOfTheWallClockCountsOnce) {
  Start();
  queue_.Publish(kA, "1", wall_.Now() + absl::Hours(1));
  Settle();
  wall_.Advance(absl::Minutes(25));
  for (int i = 0; i < 3; ++i) Settle();
  EXPECT_THAT(sender_.Sent(), IsEmpty());
}

TEST_F(SchedulerTest, AJumpOfTheWallClockDropsNothing) {
  StartWithPrefetched();
  wall_.Advance(absl::Hours(1));
  sender_.Answer(kA.webhook, 200);
  sender_.AwaitSent(3);
  EXPECT_THAT(queue_.AwaitRecords(2), SizeIs(2));
  EXPECT_THAT(sender_.Sent(), SizeIs(3));
}

TEST_F(SchedulerTest, ReportsTheEndOfAPause) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  EXPECT_EQ(scheduler_->PausedUntil(kA), std::nullopt);
  wall_.Advance(absl::Hours(3));
  sender_.Answer(kA.webhook, 503, "600");
  queue_.AwaitRecords(1);
  Settle();
  EXPECT_EQ(scheduler_->PausedUntil(kA), wall_.Now() + absl::Minutes(10));
  EXPECT_EQ(scheduler_->PausedUntil(kB), std::nullopt);
}

TEST_F(SchedulerTest, ReportsPausesDuringAnIteration) {
  absl::Notification in_turn;
  absl::Notification is_notified;
  on_recorded_ = [&] {
    in_turn.Notify();
    EXPECT_TRUE(is_notified.WaitForNotificationWithTimeout(absl::Seconds(10)));
  };
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  sender_.Answer(kA.webhook, 429);
  in_turn.WaitForNotification();
  EXPECT_EQ(scheduler_->PausedUntil(kA), wall_.Now() + absl::Seconds(1));
  is_notified.Notify();
  // The iteration may use the notifications until here.
  scheduler_.reset();
}

TEST_F(SchedulerTest, DoesNotRecordARequestThatCouldNotBeSent) {
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  sender_.AwaitSent(1);
  sender_.RunOutOfFiles(kA.webhook);
  queue_.AwaitGivenUp("1");
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(1));
  EXPECT_EQ(scheduler_->PausedUntil(kA), std::nullopt);
  Advance(absl::Seconds(1));
  sender_.AwaitSent(2);
  sender_.Answer(kA.webhook, 200);
  EXPECT_EQ(queue_.AwaitRecords(1)[0].record.number(), 1);
}

TEST_F(SchedulerTest, StoppingLetsRequestsFinishAndStartsNone) {
  StartWithPrefetched();
  scheduler_->BeginStop(absl::Hours(1));
  queue_.AwaitGivenUp("3");
  sender_.Answer(kA.webhook, 200);
  EXPECT_THAT(queue_.AwaitRecords(2), SizeIs(2));
  scheduler_.reset();
  EXPECT_THAT(sender_.Sent(), SizeIs(2));
  EXPECT_FALSE(sender_.IsAbandoned());
}

TEST_F(SchedulerTest, StoppingAbandonsRequestsAfterTheGracePeriod) {
  StartWithPrefetched();
  scheduler_->BeginStop(absl::Seconds(20));
  queue_.AwaitGivenUp("3");
  EXPECT_FALSE(sender_.IsAbandoned());
  clock_.Advance(absl::Seconds(20));
  scheduler_->Wake();
  queue_.AwaitGivenUp("2");
  EXPECT_TRUE(sender_.IsAbandoned());
}

}  // namespace
}  // namespace webhooks::server
