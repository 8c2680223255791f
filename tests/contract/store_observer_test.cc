#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/store_observer.h about events and deliveries.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = DeliveryChange::Kind;

class StoreObservers : public DeliveryContract {
 protected:
  // Returns the id of the only delivery of the event.
  std::string DeliveryOf(const std::string& event) {
    return List({.event = event}).at(0).id_delivery();
  }

  // Returns the recorded state after an attempt of a new delivery.
  absl::StatusOr<RecordedAttempt> Attempt(const v1::Webhook& webhook,
                                          Outcome outcome) {
    PublishOne();
    return TryRecord(
        ResultOf(webhook, Lease(webhook).deliveries.at(0), outcome));
  }
};

TEST_P(StoreObservers, GetEachPublicationOnce) {
  NewListener();
  const v1::Event event = MakeEvent();
  ASSERT_THAT(Publish(event), IsOk());
  ASSERT_THAT(Publish(event), IsOk());
  ASSERT_THAT(Publish(MakeEvent("another.type")), IsOk());
  ASSERT_THAT(observer_.published, SizeIs(2));
  EXPECT_EQ(observer_.published[0].id, event.id_event());
  EXPECT_EQ(observer_.published[0].project, project_);
  EXPECT_EQ(observer_.published[0].type, kType);
  EXPECT_EQ(observer_.published[0].matched_webhooks, 1);
  EXPECT_EQ(observer_.published[1].matched_webhooks, 0);
  EXPECT_THAT(observer_.changes, IsEmpty());
}

TEST_P(StoreObservers, GetTheWaitOfEachCall) {
  for (int i = 0; i < 10; ++i) {
    NewListener();
    ASSERT_THAT(Probe(*store_), IsOk());
  }
  // Completes the calls.
  store_.reset();
  EXPECT_GE(observer_.calls, 20);
  EXPECT_EQ(observer_.waits, observer_.calls);
}

TEST_P(StoreObservers, GetHeldDeliveries) {
  const v1::Webhook inactive = NewListener();
  NewListener();
  SetActive(inactive, false);
  const std::string event = PublishOne();
  ASSERT_THAT(observer_.changes, SizeIs(1));
  EXPECT_EQ(observer_.changes[0].kind, Kind::kHeld);
  EXPECT_EQ(observer_.changes[0].event, event);
  EXPECT_EQ(observer_.changes[0].endpoint.webhook,
            inactive.id_webhook_endpoint());
  EXPECT_EQ(observer_.changes[0].endpoint.project, project_);
}

TEST_P(StoreObservers, GetCancelledAndRestartedDeliveries) {
  NewListener();
  const std::string delivery = DeliveryOf(PublishOne());
  ASSERT_THAT(Cancel(delivery), IsOk());
  ASSERT_THAT(Cancel(delivery), IsOk());
  ASSERT_THAT(Retry(delivery), IsOk());
  EXPECT_THAT(observer_.Changed(Kind::kCancelled), ElementsAre(delivery));
  EXPECT_THAT(observer_.Changed(Kind::kRestarted), ElementsAre(delivery));
}

TEST_P(StoreObservers, GetTheDeliveriesOfARemovedWebhook) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  Delete(webhook);
  Maintain();
  ASSERT_THAT(observer_.changes, SizeIs(1));
  EXPECT_EQ(observer_.changes[0].kind, Kind::kCancelled);
  EXPECT_EQ(observer_.changes[0].event, event);
}

TEST_P(StoreObservers, GetExpiredDeliveriesWithTheirEvents) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  AdvanceTime(absl::Hours(25));
  Maintain();
  ASSERT_THAT(observer_.Changed(Kind::kExpired), SizeIs(1));
  EXPECT_EQ(observer_.changes.back().event, event);
  EXPECT_EQ(observer_.changes.back().endpoint.webhook,
            webhook.id_webhook_endpoint());
}

TEST_P(StoreObservers, AreNotNeededForTheDecisionAfterAnAttempt) {
  const v1::Webhook webhook = NewListener();
  const auto delivered = Attempt(webhook, Outcome::kDelivered);
  EXPECT_EQ(delivered->state, v1::Delivery::DELIVERED);
  EXPECT_FALSE(delivered->retry_at.has_value());
  const auto failed = Attempt(webhook, Outcome::kFailed);
  EXPECT_EQ(failed->state, v1::Delivery::FAILED);
  const auto retry = Attempt(webhook, Outcome::kRetry);
  EXPECT_EQ(retry->state, v1::Delivery::PENDING);
  EXPECT_EQ(retry->retry_at, now_ + absl::Seconds(5));
}

TEST_P(StoreObservers, LearnOfACancellationDuringAnAttempt) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries.at(0);
  store_->BeginAttempt(NameOf(leased));
  ASSERT_THAT(Cancel(leased.id), IsOk());
  const auto recorded = TryRecord(ResultOf(webhook, leased, Outcome::kRetry));
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->state, v1::Delivery::CANCELLED);
  EXPECT_FALSE(recorded->retry_at.has_value());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreObservers,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
