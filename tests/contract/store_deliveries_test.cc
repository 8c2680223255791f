#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/timestamp.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// What storage/delivery_store.h promises.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreDeliveries : public DeliveryContract {};

TEST_P(StoreDeliveries, AnEndedDeliveryIsRetriedWithItsScheduleAnew) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  EXPECT_THAT(Retry(leased.id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         "DELIVERY_IN_FLIGHT"));
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Retry(leased.id)->state(), v1::Delivery::PENDING);
  const LeasedDelivery again = Lease(webhook).deliveries[0];
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.step, 1);
}

TEST_P(StoreDeliveries, ACancelledDeliveryIsNotAttempted) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string id = List()[0].id_delivery();
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreDeliveries, ASuccessCountsThoughItWasCancelledMeanwhile) {
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

TEST_P(StoreDeliveries, ARemovedWebhooksDeliveriesAreCancelled) {
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

TEST_P(StoreDeliveries, DeliveriesAreListedTheNewestFirstAndByFilter) {
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
  const std::string id = webhook.id_webhook_endpoint();
  EXPECT_THAT(events({.webhook = id}), ElementsAre(second, first));
  EXPECT_THAT(events({.event = first}), ElementsAre(first, first));
  EXPECT_THAT(events({.webhook = id, .event = first}), ElementsAre(first));
  EXPECT_THAT(events({.webhook = id,
                      .published = {start, start + absl::Milliseconds(1)}}),
              ElementsAre(first));
  EXPECT_THAT(events({.state = v1::Delivery::FAILED}), IsEmpty());
  EXPECT_THAT(events({.event_type = "other"}), IsEmpty());
}

TEST_P(StoreDeliveries, ListsContinueWhereAPageEnded) {
  const v1::Webhook webhook = NewListener();
  std::vector<std::string> published;
  for (int i = 0; i < 5; ++i) published.push_back(PublishOne());
  std::vector<std::string> deliveries;
  std::vector<std::string> events;
  PageStart start{"", 2};
  do {
    const auto page = Await<Page<v1::Delivery>>([&](auto done) {
      store_->ListDeliveries(project_, {}, start, {}, done);
    });
    for (const auto& record : page->records) {
      deliveries.push_back(record.id_event());
    }
    start.after = page->next;
  } while (!start.after.empty());
  do {
    const auto page = Await<Page<v1::Event>>(
        [&](auto done) { store_->ListEvents(project_, {}, start, {}, done); });
    for (const auto& record : page->records) {
      events.push_back(record.id_event());
    }
    start.after = page->next;
  } while (!start.after.empty());
  std::reverse(published.begin(), published.end());
  EXPECT_EQ(deliveries, published);
  EXPECT_EQ(events, published);
}

TEST_P(StoreDeliveries, AJobRetriesWhatFailedInItsTimeAlsoAfterAReopening) {
  const v1::Webhook webhook = NewListener();
  const auto fail = [&] {
    PublishOne();
    const LeasedDelivery leased = Lease(webhook).deliveries[0];
    EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
    return leased.id;
  };
  const std::string before = fail();
  const absl::Time start = now_;
  const std::string within = fail();
  v1::RetryJob job;
  job.set_id_retry_job(FormatUuid(MakeUuidV7(now_, {})));
  job.set_id_project(project_);
  job.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
  *job.mutable_start_time() = ToTimestamp(start);
  *job.mutable_end_time() = ToTimestamp(now_);
  job.set_state(v1::RetryJob::RUNNING);
  ASSERT_THAT(Await<Created<v1::RetryJob>>([&](auto done) {
                store_->CreateRetryJob(job, std::nullopt, {}, done);
              }),
              IsOk());
  Reopen();
  Maintain();
  EXPECT_EQ(Get(before)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Get(within)->state(), v1::Delivery::PENDING);
  const auto done_job = Await<v1::RetryJob>([&](auto done) {
    store_->GetRetryJob(project_, job.id_retry_job(), {}, done);
  });
  EXPECT_EQ(done_job->state(), v1::RetryJob::DONE);
  EXPECT_EQ(done_job->retried_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreDeliveries,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
