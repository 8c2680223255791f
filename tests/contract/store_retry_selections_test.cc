#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "storage/deactivation.h"
#include "tests/contract/retry_job_contract.h"

// Tests the promises of storage/delivery_store.h about the events that a retry
// job delivers.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using v1::RetryJob;

class StoreRetrySelections : public RetryJobContract {
 protected:
  // Makes one delivery that has succeeded, and one that has failed.
  void SetUp() override {
    webhook_ = NewListener();
    start_ = now_;
    delivered_ = PublishAndRecord(Outcome::kDelivered);
    failed_ = PublishAndRecord(Outcome::kFailed);
  }

  std::string PublishAndRecord(Outcome outcome) {
    const std::string event = PublishOne();
    EXPECT_THAT(
        Record(ResultOf(webhook_, Lease(webhook_).deliveries.at(0), outcome)),
        IsOk());
    return event;
  }

  std::string PublishOf(const std::string& type) {
    const v1::Event event = MakeEvent(type);
    EXPECT_THAT(Publish(event), IsOk());
    now_ += absl::Milliseconds(1);
    return event.id_event();
  }

  // Runs a job to its end.
  RetryJob Run(RetryJob::Selection selection, RetryJob job = {}) {
    job.set_selection(selection);
    const auto created = TryCreate(webhook_, start_, std::move(job));
    EXPECT_THAT(created, IsOk());
    Maintain();
    RetryJob ended = Job(created->answer.id_retry_job());
    EXPECT_EQ(ended.state(), RetryJob::DONE);
    return ended;
  }

  // Adds another.type to the scope of the webhook.
  void WidenScope() {
    v1::UpdateWebhookRequest change;
    change.add_scope(kType);
    change.add_scope("another.type");
    Change(webhook_, "scope", change);
  }

  std::vector<std::string> Due() { return EventsOf(Lease(webhook_, 2000)); }

  v1::Webhook webhook_;
  absl::Time start_;
  std::string delivered_;
  std::string failed_;
};

TEST_P(StoreRetrySelections, DeliveredEventsAreDeliveredAgain) {
  EXPECT_EQ(Run(RetryJob::DELIVERED).retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(delivered_));
}

TEST_P(StoreRetrySelections, FailedEventsAreThoseOfTheWebhook) {
  EXPECT_EQ(Run(RetryJob::FAILED).retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(failed_));
}

TEST_P(StoreRetrySelections, EventsThatNeverMatchedAreDelivered) {
  const std::string missed = PublishOf("another.type");
  WidenScope();
  const RetryJob job = Run(RetryJob::NEVER_MATCHED);
  EXPECT_EQ(job.examined_count(), 3);
  EXPECT_EQ(job.retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(missed));
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 0);
}

TEST_P(StoreRetrySelections, EventsOlderThanTheWebhookNeverMatchedIt) {
  webhook_ = NewListener();
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 2);
  EXPECT_THAT(Due(), ElementsAre(delivered_, failed_));
}

TEST_P(StoreRetrySelections, AllAreDeliveredFailedAndNeverMatchedEvents) {
  const std::string missed = PublishOf("another.type");
  WidenScope();
  const std::string cancelled = PublishOne();
  for (const v1::Delivery& delivery : List()) {
    if (delivery.id_event() != cancelled) continue;
    ASSERT_THAT(Cancel(delivery.id_delivery()), IsOk());
  }
  EXPECT_EQ(Run(RetryJob::ALL).retried_count(), 3);
  EXPECT_THAT(Due(), UnorderedElementsAre(delivered_, failed_, missed));
}

TEST_P(StoreRetrySelections, AllIncludesWaitingDeliveriesOnRequest) {
  const std::string waits = PublishAndRecord(Outcome::kRetry);
  RetryJob job;
  job.set_include_waiting(true);
  EXPECT_EQ(Run(RetryJob::ALL).retried_count(), 2);
  EXPECT_THAT(Due(), SizeIs(2));
  EXPECT_EQ(Run(RetryJob::ALL, job).retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(waits));
}

TEST_P(StoreRetrySelections, OnlyEventsOfTheTypeAreDelivered) {
  const std::string wanted = PublishOf("wanted.type");
  PublishOf("another.type");
  RetryJob job;
  job.set_event_type("wanted.type");
  for (const auto selection : {RetryJob::FAILED, RetryJob::DELIVERED}) {
    EXPECT_EQ(Run(selection, job).retried_count(), 0);
  }
  EXPECT_EQ(Run(RetryJob::ALL, job).retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(wanted));
  job.set_event_type(kType);
  EXPECT_EQ(Run(RetryJob::FAILED, job).retried_count(), 1);
  EXPECT_EQ(Run(RetryJob::DELIVERED, job).retried_count(), 1);
}

TEST_P(StoreRetrySelections, EventsOutsideTheScopeAreLeftOut) {
  PublishOf("another.type");
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).examined_count(), 2);
  EXPECT_EQ(Run(RetryJob::ALL).retried_count(), 2);
  EXPECT_THAT(Due(), UnorderedElementsAre(delivered_, failed_));
}

TEST_P(StoreRetrySelections, ReportsOfDeactivationsNeedTheirTypeInTheScope) {
  PublishOf(std::string(kDeactivatedType));
  v1::UpdateWebhookRequest every_type;
  Change(webhook_, "scope", every_type);
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 0);
  v1::UpdateWebhookRequest listed;
  listed.add_scope(std::string(kDeactivatedType));
  Change(webhook_, "scope", listed);
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 1);
}

TEST_P(StoreRetrySelections, EventsThatAreDueLaterAreLeftOut) {
  v1::Event later = MakeEvent("another.type");
  *later.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(1));
  ASSERT_THAT(Publish(later), IsOk());
  now_ += absl::Milliseconds(1);
  WidenScope();
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 0);
  AdvanceTime(absl::Hours(1));
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 1);
}

TEST_P(StoreRetrySelections, DeliveriesBecomeDueAtTheRateOfTheJob) {
  for (int i = 0; i < 3; ++i) PublishAndRecord(Outcome::kFailed);
  RetryJob job;
  job.set_max_per_second(2);
  EXPECT_EQ(Run(RetryJob::ALL, job).retried_count(), 5);
  EXPECT_THAT(Due(), SizeIs(2));
  AdvanceTime(absl::Milliseconds(400));
  EXPECT_THAT(Due(), IsEmpty());
  AdvanceTime(absl::Milliseconds(600));
  EXPECT_THAT(Due(), SizeIs(2));
  AdvanceTime(absl::Milliseconds(500));
  EXPECT_THAT(Due(), SizeIs(1));
}

TEST_P(StoreRetrySelections, AWebhookThatCannotReceiveGetsHeldDeliveries) {
  webhook_ = NewListener();
  SetActive(webhook_, false);
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 2);
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kHeld), SizeIs(2));
  EXPECT_THAT(List({.state = v1::Delivery::HELD}), SizeIs(2));
}

TEST_P(StoreRetrySelections, AJobOfADeletedProjectMakesNoDeliveries) {
  webhook_ = NewListener();
  RetryJob job;
  job.set_selection(RetryJob::ALL);
  ASSERT_THAT(TryCreate(webhook_, start_, job), IsOk());
  ASSERT_THAT(Await<v1::Project>([&](auto done) {
                store_->DeleteProject(project_, now_, {}, done);
              }),
              IsOk());
  Maintain();
  EXPECT_THAT(observer_.Changed(DeliveryChange::Kind::kMade), IsEmpty());
}

TEST_P(StoreRetrySelections, OnlyEventsOfTheTimeRangeAreDelivered) {
  PublishOf("another.type");
  start_ = now_;
  const std::string within = PublishOf("another.type");
  WidenScope();
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED).retried_count(), 1);
  EXPECT_THAT(Due(), ElementsAre(within));
}

TEST_P(StoreRetrySelections, ADryRunCountsAndChangesNothing) {
  PublishOf("another.type");
  WidenScope();
  RetryJob job;
  job.set_dry_run(true);
  EXPECT_EQ(Run(RetryJob::FAILED, job).retried_count(), 1);
  EXPECT_EQ(Run(RetryJob::DELIVERED, job).retried_count(), 1);
  EXPECT_EQ(Run(RetryJob::NEVER_MATCHED, job).retried_count(), 1);
  EXPECT_EQ(Run(RetryJob::ALL, job).retried_count(), 3);
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(List(), SizeIs(2));
}

TEST_P(StoreRetrySelections, ManyEventsTakeSeveralStepsAndSurviveAReopening) {
  EventStore::MaybeEvents events;
  for (int i = 0; i < 450; ++i) events.emplace_back(MakeEvent("another.type"));
  ASSERT_THAT(Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
                store_->PublishEvents(project_, events, std::nullopt, {}, done);
              }),
              IsOk());
  now_ += absl::Milliseconds(1);
  WidenScope();
  RetryJob wanted;
  wanted.set_selection(RetryJob::NEVER_MATCHED);
  const auto job = TryCreate(webhook_, start_, wanted);
  ASSERT_THAT(job, IsOk());
  Step();
  const std::string id = job->answer.id_retry_job();
  const int retried = Job(id).retried_count();
  EXPECT_GT(retried, 0);
  EXPECT_LT(retried, 450);
  Reopen();
  Maintain();
  EXPECT_EQ(Job(id).state(), RetryJob::DONE);
  EXPECT_EQ(Job(id).retried_count(), 450);
  EXPECT_EQ(Job(id).examined_count(), 452);
  EXPECT_THAT(List({.webhook = webhook_.id_webhook_endpoint()}), SizeIs(100));
}

// Deliveries of such events may have been deleted, so that it is unknown if the
// events matched.
TEST_P(StoreRetrySelections, EventsOlderThanDeliveriesAreKeptAreLeftOut) {
  const v1::Webhook keeper = NewListener();
  const std::string old = PublishOne();
  ASSERT_THAT(Record(ResultOf(webhook_, Lease(webhook_).deliveries.at(0),
                              Outcome::kDelivered)),
              IsOk());
  AdvanceTime(absl::Hours(20));
  ASSERT_THAT(Record(ResultOf(keeper, Lease(keeper).deliveries.at(0),
                              Outcome::kDelivered)),
              IsOk());
  AdvanceTime(absl::Hours(5));
  Maintain();
  ASSERT_THAT(List({.event = old}), SizeIs(1));
  EXPECT_EQ(Run(RetryJob::ALL).retried_count(), 0);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreRetrySelections,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
