#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "storage/event_store.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/delivery_queue.h.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreQueue : public DeliveryContract {};

TEST_P(StoreQueue, LeasesDueDeliveriesTheEarliestFirst) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  v1::Event later = MakeEvent();
  *later.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(1));
  ASSERT_THAT(Publish(later), IsOk());
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first, second));
  EXPECT_EQ(lease.next_due, now_ + absl::Hours(1));
  EXPECT_EQ(lease.secrets.secrets(0).secret(), webhook.secret());
}

TEST_P(StoreQueue, LeasesNoMoreThanTheLimit) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  PublishOne();
  const EndpointLease lease = Lease(webhook, 1);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first));
  EXPECT_LE(lease.next_due, now_);
}

TEST_P(StoreQueue, LeasesNoMoreBytesThanOneEventAboveTheLimit) {
  const v1::Webhook webhook = NewListener();
  for (int i = 0; i < 7; ++i) {
    v1::Event event = MakeEvent();
    event.set_data("\"" + std::string(EventStore::kMaxEventBytes - 3 - i, 'x') +
                   "\"");
    ASSERT_THAT(Publish(event), IsOk());
  }
  const EndpointLease lease = Lease(webhook);
  std::size_t bytes = 0;
  for (const LeasedDelivery& delivery : lease.deliveries) {
    bytes += delivery.event.data().size();
  }
  EXPECT_GE(bytes, DeliveryQueue::kMaxLeaseBytes);
  EXPECT_LT(bytes, DeliveryQueue::kMaxLeaseBytes + EventStore::kMaxEventBytes);
  EXPECT_EQ(lease.next_due, now_);
}

TEST_P(StoreQueue, LeasesADeliveryOnceUntilItsLeaseEnds) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  const EndpointLease lease = Lease(webhook);
  const EndpointLease second = Lease(webhook);
  EXPECT_THAT(second.deliveries, IsEmpty());
  EXPECT_EQ(second.next_due, now_ + kLease);
  AdvanceTime(kLease);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreQueue, ADeliveryIsInFlightWhenItsAttemptHasBegun) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::PENDING);
  store_->BeginAttempt(NameOf(leased));
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::IN_FLIGHT);
}

TEST_P(StoreQueue, TheEndOfAnOlderLeaseLeavesTheNewerOne) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  AdvanceTime(kLease);
  const LeasedDelivery second = Lease(webhook).deliveries[0];
  store_->GiveUpLeases({NameOf(first)});
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kFailed)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_THAT(Record(ResultOf(webhook, second, Outcome::kDelivered)), IsOk());
}

TEST_P(StoreQueue, ALeaseThatIsGivenUpHasNoEffect) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const EndpointLease lease = Lease(webhook);
  store_->GiveUpLeases({NameOf(lease.deliveries[0])});
  EXPECT_EQ(Lease(webhook).deliveries[0].attempt, 1);
}

TEST_P(StoreQueue, ALeaseEndsWithItsStore) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  Lease(webhook);
  Reopen();
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreQueue, ASuccessEndsTheDelivery) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  Reopen();
  const auto delivery = Get(leased.id);
  EXPECT_EQ(delivery->state(), v1::Delivery::DELIVERED);
  EXPECT_EQ(delivery->attempt_count(), 1);
  ASSERT_THAT(delivery->attempts(), SizeIs(1));
  EXPECT_EQ(delivery->attempts(0).id_event(), delivery->id_event());
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, AFailedDeliveryIsDueAgainAtItsRetryTime) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)), IsOk());
  EXPECT_EQ(Lease(webhook).next_due, now_ + absl::Seconds(5));
  EXPECT_EQ(FromTimestamp(Get(leased.id)->next_attempt_at()),
            now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  const LeasedDelivery again = Lease(webhook).deliveries[0];
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.step, 2);
}

TEST_P(StoreQueue, AnAttemptWithoutItsLeaseChangesNothing) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  LeasedDelivery leased = Lease(webhook).deliveries[0];
  ++leased.lease;
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  --leased.lease;
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::DELIVERED);
}

TEST_P(StoreQueue, ALateRecordDoesNotEndTheNextAttemptsLease) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const AttemptResult first =
      ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry);
  ASSERT_THAT(Record(first), IsOk());
  now_ += absl::Seconds(5);
  ASSERT_THAT(Lease(webhook).deliveries, SizeIs(1));
  EXPECT_THAT(Record(first),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, ARenewedLeaseLastsLonger) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->RenewLease(NameOf(leased), 2 * kLease);
  store_->RenewLease({leased.id, leased.lease + 1}, absl::ZeroDuration());
  AdvanceTime(kLease);
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  AdvanceTime(kLease);
  EXPECT_THAT(Lease(webhook).deliveries, SizeIs(1));
}

TEST_P(StoreQueue, AClockThatIsSetAheadEndsNoLease) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->BeginAttempt(NameOf(leased));
  now_ += absl::Hours(24);
  const EndpointLease later = Lease(webhook);
  EXPECT_THAT(later.deliveries, IsEmpty());
  EXPECT_EQ(later.next_due, now_ + kLease);
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)), IsOk());
}

TEST_P(StoreQueue, AnAttemptMayNotBeginWithoutItsLease) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  AdvanceTime(kLease);
  const LeasedDelivery second = Lease(webhook).deliveries[0];
  EXPECT_FALSE(store_->BeginAttempt(NameOf(first)));
  EXPECT_TRUE(store_->BeginAttempt(NameOf(second)));
}

// A caller that does not know the outcome of its first call repeats it.
TEST_P(StoreQueue, AnAttemptThatIsRecordedTwiceCountsOnce) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  const AttemptResult result = ResultOf(webhook, leased, Outcome::kDelivered);
  ASSERT_THAT(Record(result), IsOk());
  ASSERT_THAT(TryRecord(result), IsOk());
  EXPECT_EQ(Get(leased.id)->attempt_count(), 1);
}

TEST_P(StoreQueue, ASuccessCountsEvenIfItsLeaseHasEnded) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  AdvanceTime(kLease);
  const LeasedDelivery second = Lease(webhook).deliveries[0];
  const std::vector<EndpointDue> notifications = NotificationsDuring([&] {
    EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kDelivered)), IsOk());
  });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_TRUE(notifications[0].has_changed);
  EXPECT_EQ(Get(first.id)->state(), v1::Delivery::DELIVERED);
  AdvanceTime(absl::Milliseconds(1));
  EXPECT_THAT(Record(ResultOf(webhook, second, Outcome::kFailed)), IsOk());
  EXPECT_EQ(Get(first.id)->state(), v1::Delivery::DELIVERED);
  EXPECT_EQ(Get(first.id)->attempt_count(), 2);
  AdvanceTime(absl::Hours(1));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, ADueDeliveryStaysDueIfTheClockIsSetBack) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  now_ -= absl::Hours(1);
  const std::string second = PublishOne();
  Reopen();
  EXPECT_THAT(EventsOf(Lease(webhook)),
              ::testing::UnorderedElementsAre(first, second));
}

TEST_P(StoreQueue, ADueRetryComesBeforeLaterEvents) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  ASSERT_THAT(
      Record(ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry)),
      IsOk());
  AdvanceTime(absl::Seconds(5));
  const std::string second = PublishOne();
  EXPECT_THAT(EventsOf(Lease(webhook, 1)), ElementsAre(first));
  EXPECT_THAT(EventsOf(Lease(webhook, 1)), ElementsAre(second));
}

TEST_P(StoreQueue, DeliveriesToAnInactiveWebhookAreHeld) {
  const v1::Webhook webhook = NewListener();
  SetActive(webhook, false);
  const std::string event = PublishOne();
  const EndpointLease held = Lease(webhook);
  EXPECT_FALSE(held.webhook.has_value());
  EXPECT_THAT(held.deliveries, IsEmpty());
  EXPECT_EQ(List()[0].state(), v1::Delivery::HELD);
  now_ += absl::Hours(1);
  SetActive(webhook, true);
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(event));
  EXPECT_EQ(lease.resumed_at, now_);
}

TEST_P(StoreQueue, AChangeOfAWebhookIsUrgent) {
  const v1::Webhook webhook = NewListener();
  const std::vector<EndpointDue> notifications = NotificationsDuring(
      [&] { SetUrl(webhook, "https://another.example/hook"); });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_TRUE(notifications[0].has_changed);
  EXPECT_TRUE(notifications[0].is_urgent);
}

TEST_P(StoreQueue, TheWatcherIsNotifiedOfADeletedProject) {
  const std::vector<EndpointDue> notifications = NotificationsDuring([&] {
    EXPECT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(project_, now_, {}, done);
                }),
                IsOk());
  });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_EQ(notifications[0].endpoint, (Endpoint{project_, ""}));
  EXPECT_TRUE(notifications[0].has_changed);
}

TEST_P(StoreQueue, TheWatcherIsNotifiedOfDueDeliveries) {
  const v1::Webhook webhook = NewListener();
  const absl::Time due = now_;
  const std::vector<EndpointDue> notifications =
      NotificationsDuring([&] { PublishOne(); });
  PublishOne();
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_EQ(notifications[0].endpoint,
            (Endpoint{project_, webhook.id_webhook_endpoint()}));
  EXPECT_EQ(notifications[0].due, due);
}

TEST_P(StoreQueue, EndpointsWithWaitingDeliveriesAreListedInPages) {
  std::vector<std::string> webhooks(3);
  for (std::string& webhook : webhooks) {
    webhook = NewListener().id_webhook_endpoint();
  }
  NewWebhook(project_);
  PublishOne();
  std::sort(webhooks.begin(), webhooks.end());
  EXPECT_THAT(Endpoints("", 2), ElementsAre(webhooks[0], webhooks[1]));
  EXPECT_THAT(Endpoints(webhooks[1], 2), ElementsAre(webhooks[2]));
}

TEST_P(StoreQueue, AnEndpointIsListedWithItsDueTime) {
  NewListener();
  now_ = absl::FromUnixSeconds(1'700'000'000);
  const absl::Time published = now_;
  PublishOne();
  const auto endpoints = Await<std::vector<EndpointDue>>(
      [&](auto done) { store_->ListEndpoints("", 1, {}, done); });
  ASSERT_THAT(endpoints, IsOk());
  EXPECT_EQ(endpoints->at(0).due, published);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreQueue, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
