#include "storage/delivery_progress.h"

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks {
namespace {

using Outcome = AttemptResult::Outcome;
using testing::IsOk;
using testing::StatusIs;

const absl::Time kAttemptedAt = absl::FromUnixSeconds(1'800'000'000);

AttemptResult Result(Outcome outcome) {
  AttemptResult result;
  result.outcome = outcome;
  result.now = kAttemptedAt;
  result.retry_at = kAttemptedAt + absl::Minutes(5);
  return result;
}

TEST(DeliveryProgress, OfANewDeliveryIsDueAtOnceUnlessItIsDeferred) {
  const DeliveryProgress at_once =
      NewDelivery(kAttemptedAt, kAttemptedAt - absl::Hours(1));
  EXPECT_EQ(at_once.queue_at, kAtOnce);
  EXPECT_EQ(at_once.kept_from, kAttemptedAt);
  const absl::Time later = kAttemptedAt + absl::Hours(1);
  const DeliveryProgress deferred = NewDelivery(kAttemptedAt, later);
  EXPECT_EQ(deferred.queue_at, later);
  EXPECT_EQ(deferred.kept_from, later);
}

TEST(DeliveryProgress, EndsWithASuccess) {
  DeliveryProgress progress;
  RecordAttempt(Result(Outcome::kDelivered), {}, progress);
  EXPECT_EQ(progress.state, v1::Delivery::DELIVERED);
  EXPECT_EQ(progress.attempts, 1);
  EXPECT_EQ(progress.kept_from, kAttemptedAt);
}

TEST(DeliveryProgress, EndsWithTheLastFailure) {
  DeliveryProgress progress;
  RecordAttempt(Result(Outcome::kFailed), {}, progress);
  EXPECT_EQ(progress.state, v1::Delivery::FAILED);
  EXPECT_EQ(progress.retry_at, std::nullopt);
}

TEST(DeliveryProgress, WaitsForARetry) {
  DeliveryProgress progress;
  const AttemptResult result = Result(Outcome::kRetry);
  RecordAttempt(result, {}, progress);
  EXPECT_EQ(progress.state, v1::Delivery::PENDING);
  EXPECT_EQ(progress.retry_at, result.retry_at);
  EXPECT_EQ(progress.queue_at, result.retry_at);
  EXPECT_EQ(progress.kept_from, result.retry_at);
}

TEST(DeliveryProgress, KeepsItsPlaceIfOthersWaitForIt) {
  DeliveryProgress progress;
  Leases::Lease lease;
  lease.blocks_next = true;
  RecordAttempt(Result(Outcome::kRetry), lease, progress);
  EXPECT_EQ(progress.queue_at, kAtOnce);
}

TEST(DeliveryProgress, GoesOnAtOnceIfItWasRetriedDuringTheAttempt) {
  DeliveryProgress progress;
  progress.attempts = 4;
  Leases::Lease lease;
  lease.retry_requested = true;
  RecordAttempt(Result(Outcome::kFailed), lease, progress);
  EXPECT_EQ(progress.state, v1::Delivery::PENDING);
  EXPECT_EQ(progress.retry_at, kAttemptedAt);
  EXPECT_EQ(progress.schedule_base, 5);
}

TEST(DeliveryProgress, OfAnEndedDeliveryIsChangedByASuccessOnly) {
  DeliveryProgress progress;
  progress.state = v1::Delivery::CANCELLED;
  RecordAttempt(Result(Outcome::kRetry), {}, progress);
  EXPECT_EQ(progress.state, v1::Delivery::CANCELLED);
  EXPECT_EQ(progress.attempts, 1);
  RecordAttempt(Result(Outcome::kDelivered), {}, progress);
  EXPECT_EQ(progress.state, v1::Delivery::DELIVERED);
}

TEST(ShownState, FollowsTheWebhookAndTheAttempt) {
  EXPECT_EQ(ShownState(v1::Delivery::PENDING, false, true),
            v1::Delivery::PENDING);
  EXPECT_EQ(ShownState(v1::Delivery::PENDING, true, true),
            v1::Delivery::IN_FLIGHT);
  EXPECT_EQ(ShownState(v1::Delivery::PENDING, false, false),
            v1::Delivery::HELD);
  EXPECT_EQ(ShownState(v1::Delivery::PENDING, false, std::nullopt),
            v1::Delivery::CANCELLED);
  EXPECT_EQ(ShownState(v1::Delivery::FAILED, true, false),
            v1::Delivery::FAILED);
}

TEST(Cancelling, IsRefusedAfterTheEnd) {
  v1::Delivery delivery;
  delivery.set_state(v1::Delivery::IN_FLIGHT);
  EXPECT_THAT(CheckCancel(delivery), IsOk());
  for (const auto state : {v1::Delivery::DELIVERED, v1::Delivery::FAILED}) {
    delivery.set_state(state);
    EXPECT_THAT(
        CheckCancel(delivery),
        StatusIs(absl::StatusCode::kFailedPrecondition, "DELIVERY_ENDED"));
  }
}

TEST(DeliveryFilter, AcceptsIdsInEitherCase) {
  v1::Delivery delivery;
  delivery.set_id_webhook_endpoint("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_TRUE(
      Matches(delivery, {.webhook = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"}));
  EXPECT_FALSE(Matches(delivery, {.event_type = "other"}));
  EXPECT_FALSE(Matches(delivery, {.published = {.start = kAttemptedAt}}));
}

}  // namespace
}  // namespace webhooks
