#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "proto/time.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/delivery_queue.h about ordered webhooks.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreOrder : public DeliveryContract {
 protected:
  v1::Webhook NewOrderedListener() {
    v1::DeliverySettings settings;
    settings.set_ordered(true);
    return NewListener(&settings);
  }
};

TEST_P(StoreOrder, FindsTheLatestIdOfWebhooksAndOfTheLastEvent) {
  const auto latest = [&] {
    return Await<absl::Time>(
        [&](auto done) { store_->FindLatestId({}, done); });
  };
  const auto time_of = [](const std::string& id) {
    return TimeOfUuidV7(*ParseUuid(id));
  };
  EXPECT_EQ(*latest(), absl::InfinitePast());
  const v1::Webhook webhook = NewListener();
  EXPECT_EQ(*latest(), time_of(webhook.id_webhook_endpoint()));
  v1::Event event = MakeEvent();
  event.set_id_event(FormatUuid(MakeUuidV7(absl::Now() + absl::Hours(2), {})));
  ASSERT_THAT(Publish(event), IsOk());
  EXPECT_EQ(*latest(), time_of(event.id_event()));
  event.set_id_event("ffffffff-ffff-4fff-bfff-ffffffffffff");
  ASSERT_THAT(Publish(event), IsOk());
  EXPECT_EQ(*latest(), time_of(webhook.id_webhook_endpoint()));
}

TEST_P(StoreOrder, AnOrderedWebhookGetsOneDeliveryAtATime) {
  const v1::Webhook webhook = NewOrderedListener();
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  ASSERT_THAT(Record(ResultOf(webhook, lease.deliveries[0], Outcome::kRetry)),
              IsOk());
  const EndpointLease waiting = Lease(webhook);
  EXPECT_THAT(waiting.deliveries, IsEmpty());
  EXPECT_EQ(waiting.next_due, now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  const EndpointLease again = Lease(webhook);
  EXPECT_THAT(EventsOf(again), ElementsAre(first));
  ASSERT_THAT(
      Record(ResultOf(webhook, again.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreOrder, AWebhookThatBecomesOrderedWaitsForAttemptsInFlight) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string second = PublishOne();
  const LeasedDelivery first = Lease(webhook, 1).deliveries[0];
  SetOrdered(webhook);
  const EndpointLease waiting = Lease(webhook);
  EXPECT_THAT(waiting.deliveries, IsEmpty());
  EXPECT_EQ(waiting.next_due, now_ + kLease);
  const std::vector<EndpointDue> notifications = NotificationsDuring([&] {
    EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kDelivered)), IsOk());
  });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_LE(notifications[0].due, now_);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreOrder, CancellingTheFirstDeliveryReleasesTheNext) {
  const v1::Webhook webhook = NewOrderedListener();
  PublishOne();
  const std::string second = PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, first, Outcome::kRetry)), IsOk());
  const std::vector<EndpointDue> notifications =
      NotificationsDuring([&] { EXPECT_THAT(Cancel(first.id), IsOk()); });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_LE(notifications[0].due, now_);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreOrder, CancellingTheFirstDeliveryInFlightReleasesTheNext) {
  const v1::Webhook webhook = NewOrderedListener();
  PublishOne();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  ASSERT_THAT(Cancel(first.id), IsOk());
  const std::vector<EndpointDue> notifications = NotificationsDuring([&] {
    EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kRetry)), IsOk());
  });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_LE(notifications[0].due, now_);
}

TEST_P(StoreOrder, ARetryOfAnOrderedWebhookKeepsItsPlace) {
  const v1::Webhook webhook = NewOrderedListener();
  const std::string first = PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)), IsOk());
  PublishOne();
  const std::vector<EndpointDue> notifications =
      NotificationsDuring([&] { EXPECT_THAT(Retry(leased.id), IsOk()); });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_TRUE(notifications[0].is_urgent);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first));
}

TEST_P(StoreOrder, ARetryOfAnEndedDeliveryGoesBehindTheOthers) {
  const v1::Webhook webhook = NewOrderedListener();
  const std::string first = PublishOne();
  const LeasedDelivery failed = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, failed, Outcome::kFailed)), IsOk());
  const std::string second = PublishOne();
  now_ += absl::Seconds(1);
  EXPECT_THAT(Retry(failed.id), IsOk());
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(second));
  ASSERT_THAT(
      Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first));
}

TEST_P(StoreOrder, AClockThatIsSetBackDoesNotChangeTheOrder) {
  const v1::Webhook webhook = NewOrderedListener();
  std::vector<std::string> published;
  for (int i = 0; i < 5; ++i) published.push_back(PublishOne());
  now_ -= absl::Hours(1);
  Reopen();
  for (int i = 0; i < 5; ++i) published.push_back(PublishOne());
  std::vector<std::string> delivered;
  while (delivered.size() < published.size()) {
    const EndpointLease lease = Lease(webhook);
    ASSERT_THAT(lease.deliveries, SizeIs(1));
    delivered.push_back(lease.deliveries[0].event.id_event());
    ASSERT_THAT(
        Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
        IsOk());
  }
  EXPECT_EQ(delivered, published);
}

TEST_P(StoreOrder, ARetryHoldsBackTheOthersEvenIfTheClockIsSetBack) {
  const v1::Webhook webhook = NewOrderedListener();
  const std::string first = PublishOne();
  ASSERT_THAT(
      Record(ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry)),
      IsOk());
  now_ -= absl::Milliseconds(100);
  PublishOne();
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  AdvanceTime(absl::Seconds(6));
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first));
}

TEST_P(StoreOrder, ADeferredEventTakesItsPlaceWhenItIsDue) {
  const v1::Webhook webhook = NewOrderedListener();
  v1::Event later = MakeEvent();
  *later.mutable_deliver_at() = ToTimestamp(now_ + absl::Seconds(10));
  ASSERT_THAT(Publish(later), IsOk());
  const std::string first = PublishOne();
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first));
  ASSERT_THAT(
      Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_EQ(Lease(webhook).next_due, FromTimestamp(later.deliver_at()));
  AdvanceTime(absl::Seconds(20));
  PublishOne();
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(later.id_event()));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreOrder, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
