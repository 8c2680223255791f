#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/delivery_store.h.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreDeliveries : public DeliveryContract {
 protected:
  absl::StatusOr<DeliveryFacts> Facts(const std::string& event,
                                      const std::string& webhook) {
    return Await<DeliveryFacts>([&](auto done) {
      store_->GetDeliveryFacts(project_, event, webhook, {}, done);
    });
  }
};

TEST_P(StoreDeliveries, FactsDescribeTheDeliveryOfAnEventToAWebhook) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  const auto alone = Facts(first, webhook.id_webhook_endpoint());
  ASSERT_THAT(alone, IsOk());
  EXPECT_EQ(alone->event.id_event(), first);
  EXPECT_EQ(alone->webhook->url(), webhook.url());
  EXPECT_EQ(alone->delivery->id_event(), first);
  EXPECT_EQ(alone->first_in_line, std::nullopt);
  EXPECT_TRUE(alone->others_wait);
  const auto behind = Facts(second, webhook.id_webhook_endpoint());
  ASSERT_THAT(behind, IsOk());
  EXPECT_EQ(behind->first_in_line, alone->delivery->id_delivery());
  ASSERT_THAT(Cancel(alone->delivery->id_delivery()), IsOk());
  const auto last = Facts(second, webhook.id_webhook_endpoint());
  EXPECT_EQ(last->first_in_line, std::nullopt);
  EXPECT_FALSE(last->others_wait);
}

TEST_P(StoreDeliveries, FactsHaveNoDeliveryIfTheEventDidNotMatch) {
  const std::string event = PublishOne();
  const v1::Webhook webhook = NewListener();
  const auto facts = Facts(event, webhook.id_webhook_endpoint());
  ASSERT_THAT(facts, IsOk());
  EXPECT_TRUE(facts->webhook.has_value());
  EXPECT_FALSE(facts->delivery.has_value());
  EXPECT_THAT(Facts(FormatUuid(Uuid{}), webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound, "EVENT_NOT_FOUND"));
  EXPECT_THAT(Facts(event, FormatUuid(Uuid{})),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
}

TEST_P(StoreDeliveries, ARetryOfAnEndedDeliveryRestartsItsSchedule) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->BeginAttempt(NameOf(leased));
  EXPECT_THAT(Retry(leased.id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         "DELIVERY_IN_FLIGHT"));
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Retry(leased.id)->state(), v1::Delivery::PENDING);
  const LeasedDelivery again = Lease(webhook).deliveries[0];
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.step, 1);
}

// The delivery is leased when Retry is called. Its attempt begins afterwards.
TEST_P(StoreDeliveries, ARetryOutlastsALastAttemptThatBeginsMeanwhile) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery last = Lease(webhook).deliveries[0];
  ASSERT_THAT(Retry(last.id), IsOk());
  store_->BeginAttempt(NameOf(last));
  ASSERT_THAT(Record(ResultOf(webhook, last, Outcome::kFailed)), IsOk());
  EXPECT_EQ(Get(last.id)->state(), v1::Delivery::PENDING);
  const EndpointLease lease = Lease(webhook);
  ASSERT_THAT(lease.deliveries, SizeIs(1));
  EXPECT_EQ(lease.deliveries[0].attempt, 2);
  EXPECT_EQ(lease.deliveries[0].step, 1);
  ASSERT_THAT(Record(ResultOf(webhook, lease.deliveries[0], Outcome::kFailed)),
              IsOk());
  EXPECT_EQ(Get(last.id)->state(), v1::Delivery::FAILED);
}

TEST_P(StoreDeliveries,
       ADeliveryCancelledInFlightIsNotRetriedBeforeItsAttemptEnds) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->BeginAttempt(NameOf(leased));
  ASSERT_THAT(Cancel(leased.id), IsOk());
  EXPECT_THAT(Retry(leased.id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         "DELIVERY_IN_FLIGHT"));
}

TEST_P(StoreDeliveries, ALeasedAttemptThatHasNotBegunIsNotInFlight) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  const std::vector<EndpointDue> notifications =
      NotificationsDuring([&] { EXPECT_THAT(Retry(leased.id), IsOk()); });
  ASSERT_THAT(notifications, SizeIs(1));
  EXPECT_TRUE(notifications[0].has_changed);
}

TEST_P(StoreDeliveries, ShowsTheNewestOfManyLargeAttempts) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string id = List()[0].id_delivery();
  constexpr int kAttempts = 100;
  for (int i = 0; i < kAttempts; ++i) {
    AttemptResult result =
        ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry);
    result.record.set_response_body(std::string(16 << 10, 'x'));
    result.retry_at = now_;
    ASSERT_THAT(Record(result), IsOk());
  }
  const auto delivery = Get(id);
  EXPECT_EQ(delivery->attempt_count(), kAttempts);
  EXPECT_LE(delivery->ByteSizeLong(), DeliveryStore::kMaxShownBytes + 10'000);
  EXPECT_EQ(delivery->attempts().rbegin()->number(), kAttempts);
  EXPECT_LT(delivery->attempts(0).number(), kAttempts);
}

TEST_P(StoreDeliveries, ACancelledDeliveryIsNotAttempted) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string id = List()[0].id_delivery();
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreDeliveries, ASuccessCountsEvenIfTheDeliveryWasCancelled) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  PublishOne();
  const std::vector<LeasedDelivery> leased = Lease(webhook).deliveries;
  for (const LeasedDelivery& delivery : leased) {
    ASSERT_THAT(Cancel(delivery.id), IsOk());
  }
  ASSERT_THAT(Record(ResultOf(webhook, leased[0], Outcome::kDelivered)),
              IsOk());
  ASSERT_THAT(Record(ResultOf(webhook, leased[1], Outcome::kRetry)), IsOk());
  EXPECT_EQ(Get(leased[0].id)->state(), v1::Delivery::DELIVERED);
  EXPECT_EQ(Get(leased[1].id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(
      Cancel(leased[0].id),
      StatusIs(absl::StatusCode::kFailedPrecondition, "DELIVERY_ENDED"));
}

TEST_P(StoreDeliveries, DeliveriesToADeletedWebhookAreCancelled) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  Delete(webhook);
  const std::string id = List()[0].id_delivery();
  EXPECT_EQ(Get(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(Retry(id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  "WEBHOOK_REMOVED"));
  EXPECT_GT(Maintain(), 0);
  EXPECT_EQ(Get(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(*Await<std::vector<EndpointDue>>(
                  [&](auto done) { store_->ListEndpoints("", 10, {}, done); }),
              IsEmpty());
}

TEST_P(StoreDeliveries, AreListedNewestFirstAndByFilter) {
  const v1::Webhook webhook = NewListener();
  const v1::Webhook other = NewListener();
  const absl::Time start = now_;
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  EXPECT_THAT(List(), SizeIs(4));
  const auto events = [&](const DeliveryFilter& filter) {
    std::vector<std::string> ids;
    for (const v1::Delivery& delivery : List(filter)) {
      ids.push_back(delivery.id_event());
    }
    return ids;
  };
  const std::string& id = webhook.id_webhook_endpoint();
  EXPECT_THAT(events({.webhook = id}), ElementsAre(second, first));
  EXPECT_THAT(events({.event = first}), ElementsAre(first, first));
  EXPECT_THAT(events({.webhook = id, .event = first}), ElementsAre(first));
  EXPECT_THAT(events({.webhook = id,
                      .published = {start, start + absl::Milliseconds(1)}}),
              ElementsAre(first));
  EXPECT_THAT(events({.state = v1::Delivery::FAILED}), IsEmpty());
  for (const LeasedDelivery& leased : Lease(webhook).deliveries) {
    ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
  }
  EXPECT_THAT(events({.state = v1::Delivery::FAILED}),
              ElementsAre(second, first));
  EXPECT_THAT(events({.webhook = id, .state = v1::Delivery::FAILED}),
              ElementsAre(second, first));
  EXPECT_THAT(events({.webhook = other.id_webhook_endpoint(),
                      .state = v1::Delivery::FAILED}),
              IsEmpty());
  EXPECT_THAT(events({.event_type = "other"}), IsEmpty());
}

TEST_P(StoreDeliveries, ListsContinueWhereAPageEnded) {
  const v1::Webhook webhook = NewListener();
  std::vector<std::string> published(5);
  for (std::string& event : published) event = PublishOne();
  std::vector<std::string> deliveries;
  std::vector<std::string> events;
  PageStart<v1::Delivery> start{.size = 2};
  do {
    const auto page = Await<Page<v1::Delivery>>([&](auto done) {
      store_->ListDeliveries(project_, {}, start, {}, done);
    });
    for (const auto& record : page->records) {
      deliveries.push_back(record.id_event());
    }
    start.after = page->next;
  } while (start.after);
  PageStart<v1::Event> events_start{.size = 2};
  do {
    const auto page = Await<Page<v1::Event>>([&](auto done) {
      store_->ListEvents(project_, {}, events_start, {}, done);
    });
    for (const auto& record : page->records) {
      events.push_back(record.id_event());
    }
    events_start.after = page->next;
  } while (events_start.after);
  std::reverse(published.begin(), published.end());
  EXPECT_EQ(deliveries, published);
  EXPECT_EQ(events, published);
}

TEST_P(StoreDeliveries, UnfinishedOnesAreCountedUpToALimit) {
  const v1::Webhook webhook = NewListener();
  for (int i = 0; i < 3; ++i) PublishOne();
  const auto count = [&](int limit) {
    return Await<WaitingCounts>(
        [&](auto done) { store_->CountWaiting(limit, {}, done); });
  };
  const auto waiting = [](std::int64_t all) { return WaitingCounts{all, 0}; };
  EXPECT_EQ(*count(100), waiting(3));
  EXPECT_EQ(*count(2), waiting(2));
  const EndpointLease lease = Lease(webhook, 1);
  EXPECT_EQ(*count(100), waiting(3));
  ASSERT_THAT(
      Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_EQ(*count(100), waiting(2));
}

TEST_P(StoreDeliveries, HeldOnesAreCountedByThemselves) {
  const v1::Webhook inactive = NewListener();
  const v1::Webhook without_url = NewListener();
  const v1::Webhook removed = NewListener();
  PublishOne();
  PublishOne();
  const auto counts = [&] {
    return *Await<WaitingCounts>(
        [&](auto done) { store_->CountWaiting(100, {}, done); });
  };
  EXPECT_EQ(counts(), (WaitingCounts{6, 0}));
  SetActive(inactive, false);
  EXPECT_EQ(counts(), (WaitingCounts{6, 2}));
  Change(without_url, "url", v1::UpdateWebhookRequest());
  EXPECT_EQ(counts(), (WaitingCounts{6, 4}));
  Delete(removed);
  EXPECT_EQ(counts(), (WaitingCounts{6, 4}));
  Maintain();
  EXPECT_EQ(counts(), (WaitingCounts{4, 4}));
}

TEST_P(StoreDeliveries, ThatAreCancelledAreReportedOnce) {
  const v1::Webhook webhook = NewListener();
  for (int i = 0; i < 3; ++i) PublishOne();
  const std::string id = List()[0].id_delivery();
  ASSERT_THAT(Cancel(id), IsOk());
  ASSERT_THAT(Cancel(id), IsOk());
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kCancelled), SizeIs(1));
  Delete(webhook);
  Maintain();
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kCancelled), SizeIs(3));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreDeliveries,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
