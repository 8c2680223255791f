#include <optional>
#include <string>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/server/delivery/scheduler_fixture.h"

// Tests when a Scheduler leases deliveries, and which of them it drops.
namespace webhooks::server {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(SchedulerTest, DoesNotSendAnAttemptThatMayNotBegin) {
  queue_.RefuseNextAttempt();
  Start();
  queue_.Publish(kA, "1", wall_.Now());
  queue_.AwaitGivenUp("1");
  Settle();
  EXPECT_THAT(sender_.Sent(), SizeIs(0));
  Advance(absl::Seconds(1));
  sender_.AwaitSent(1);
  sender_.Answer(kA.webhook, 200);
  queue_.AwaitRecords(1);
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

}  // namespace
}  // namespace webhooks::server
