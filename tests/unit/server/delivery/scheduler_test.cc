#include "server/delivery/scheduler.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/unit/server/delivery/scheduler_fixture.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Outcome = AttemptResult::Outcome;

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
