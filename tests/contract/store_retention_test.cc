#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/upkeep.h about retention.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreRetention : public DeliveryContract {
 protected:
  static constexpr absl::Duration kKept = absl::Hours(24);

  // Delivers everything that is due to the webhook.
  void DeliverAll(const v1::Webhook& webhook) {
    for (;;) {
      const EndpointLease lease = Lease(webhook);
      if (lease.deliveries.empty()) return;
      std::vector<Pending<absl::StatusOr<RecordedAttempt>>> records;
      for (const LeasedDelivery& delivery : lease.deliveries) {
        store_->RecordAttempt(ResultOf(webhook, delivery, Outcome::kDelivered),
                              {}, records.emplace_back().Completion());
      }
      for (auto& record : records) ASSERT_THAT(record.Get(), IsOk());
    }
  }

  bool Has(const std::string& event) {
    return Await<v1::Event>(
               [&](auto done) { store_->GetEvent(project_, event, {}, done); })
        .ok();
  }

  absl::Time Advance(absl::Time now, absl::Duration most) {
    return *Await<absl::Time>(
        [&](auto done) { store_->AdvanceRetention(now, most, {}, done); });
  }
};

TEST_P(StoreRetention, EndedDeliveriesAreDeletedInSteps) {
  const v1::Webhook webhook = NewListener();
  for (int i = 0; i < 300; ++i) PublishOne();
  DeliverAll(webhook);
  AdvanceTime(absl::Hours(23));
  const std::string kept = PublishOne();
  AdvanceTime(absl::Hours(2));
  EXPECT_GT(Maintain(kKept), 1);
  ASSERT_THAT(List(), SizeIs(1));
  EXPECT_EQ(List()[0].id_event(), kept);
}

TEST_P(StoreRetention, AnEventWithManyDeliveriesIsDeleted) {
  std::vector<v1::Webhook> webhooks;
  for (int i = 0; i < 450; ++i) webhooks.push_back(NewListener());
  const std::string event = PublishOne();
  for (const v1::Webhook& webhook : webhooks) DeliverAll(webhook);
  AdvanceTime(absl::Hours(25));
  EXPECT_GT(Maintain(kKept), 1);
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_FALSE(Has(event));
}

TEST_P(StoreRetention, ADeliveryThatWaitsTooLongExpiresAndIsKeptAsLong) {
  const v1::Webhook webhook = NewListener();
  SetActive(webhook, false);
  const std::string event = PublishOne();
  AdvanceTime(absl::Hours(25));
  Maintain(kKept);
  ASSERT_THAT(List(), SizeIs(1));
  EXPECT_EQ(List()[0].state(), v1::Delivery::FAILED);
  EXPECT_EQ(List()[0].failure_reason(), v1::Delivery::EXPIRED);
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kExpired), SizeIs(1));
  AdvanceTime(absl::Hours(23));
  Maintain(kKept);
  EXPECT_TRUE(Has(event));
  AdvanceTime(absl::Hours(2));
  Maintain(kKept);
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_FALSE(Has(event));
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kExpired), SizeIs(1));
}

TEST_P(StoreRetention, EveryDeliveryOfALargeEventExpires) {
  std::vector<v1::Webhook> webhooks;
  for (int i = 0; i < 450; ++i) webhooks.push_back(NewListener());
  PublishOne();
  DeliverAll(webhooks.back());
  AdvanceTime(absl::Hours(25));
  Maintain(kKept);
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kExpired), SizeIs(449));
}

TEST_P(StoreRetention, ADeliveryThatAwaitsARetryDoesNotExpire) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  AttemptResult result =
      ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry);
  result.retry_at = now_ + absl::Hours(48);
  ASSERT_THAT(Record(result), IsOk());
  AdvanceTime(absl::Hours(47));
  Maintain(kKept);
  AdvanceTime(absl::Hours(1));
  Maintain(kKept);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreRetention, ADeliveryInFlightDoesNotExpire) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->BeginAttempt(NameOf(leased));
  now_ += absl::Hours(25);
  Maintain(kKept);
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kExpired), IsEmpty());
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::DELIVERED);
}

TEST_P(StoreRetention, AnExpiredDeliveryReleasesTheNextOfAnOrderedWebhook) {
  const v1::Webhook webhook = NewListener();
  SetOrdered(webhook);
  PublishOne();
  AdvanceTime(absl::Hours(23));
  PublishOne();
  AdvanceTime(absl::Hours(2));
  const std::vector<EndpointDue> notifications =
      NotificationsDuring([&] { Maintain(kKept); });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_LE(notifications[0].due, now_);
}

TEST_P(StoreRetention, AnExpiredDeliveryThatIsRetriedIsKept) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  AdvanceTime(absl::Hours(25));
  Maintain(kKept);
  const std::string id = List()[0].id_delivery();
  AdvanceTime(absl::Hours(23));
  ASSERT_THAT(Retry(id), IsOk());
  AdvanceTime(absl::Hours(2));
  Maintain(kKept);
  EXPECT_FALSE(Get(id)->has_failure_reason());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreRetention, ADeferredEventIsKeptUntilItIsDue) {
  NewListener();
  v1::Event event = MakeEvent();
  *event.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(48));
  ASSERT_THAT(Publish(event), IsOk());
  AdvanceTime(absl::Hours(47));
  Maintain(kKept);
  EXPECT_EQ(List()[0].state(), v1::Delivery::PENDING);
}

TEST_P(StoreRetention, ItsClockAdvancesByTheGivenStepAtMost) {
  EXPECT_EQ(Advance(now_, absl::ZeroDuration()), now_);
  const absl::Time ahead = now_ + absl::Hours(24 * 365);
  EXPECT_EQ(Advance(ahead, absl::Minutes(2)), now_ + absl::Minutes(2));
  Reopen();
  EXPECT_EQ(Advance(ahead, absl::Minutes(1)), now_ + absl::Minutes(3));
  EXPECT_EQ(Advance(now_, absl::Minutes(1)), now_);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreRetention,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
