#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "tests/contract/retry_job_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/delivery_store.h about retry jobs.
namespace webhooks::testing {
namespace {

class StoreRetryJobs : public RetryJobContract {};

TEST_P(StoreRetryJobs, RetryFailedDeliveriesOfTheirWebhookAndTime) {
  const v1::Webhook webhook = NewListener();
  const std::string before = Fail(webhook, 1)[0];
  const absl::Time start = now_;
  const std::string within = Fail(webhook, 1)[0];
  const std::string others = Fail(NewListener(), 1)[0];
  const std::string job = Create(webhook, start);
  Maintain();
  EXPECT_EQ(Get(before)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Get(others)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Get(within)->state(), v1::Delivery::PENDING);
  EXPECT_EQ(Job(job).state(), v1::RetryJob::DONE);
  EXPECT_EQ(Job(job).retried_count(), 1);
}

TEST_P(StoreRetryJobs, ContinueAfterAReopening) {
  const v1::Webhook webhook = NewListener();
  const std::string job = Create(webhook, now_);
  const absl::Time start = now_;
  Fail(webhook, 450);
  const std::string long_job = Create(webhook, start);
  Step();
  Step();
  const int retried = Job(long_job).retried_count();
  EXPECT_GT(retried, 0);
  EXPECT_LT(retried, 450);
  Reopen();
  Maintain();
  EXPECT_EQ(Job(long_job).state(), v1::RetryJob::DONE);
  EXPECT_EQ(Job(long_job).retried_count(), 450);
  EXPECT_EQ(Job(job).retried_count(), 0);
}

TEST_P(StoreRetryJobs, RetryDeliveriesBetweenAttemptsOnRequest) {
  const v1::Webhook webhook = NewListener();
  const absl::Time start = now_;
  const std::string failed = Fail(webhook, 1)[0];
  PublishOne();
  const LeasedDelivery waits = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, waits, Outcome::kRetry)), IsOk());
  v1::Event later = MakeEvent();
  *later.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(1));
  ASSERT_THAT(Publish(later), IsOk());
  now_ += absl::Milliseconds(1);
  const std::string job = Create(webhook, start, /*include_waiting=*/true);
  Maintain();
  EXPECT_EQ(Job(job).state(), v1::RetryJob::DONE);
  EXPECT_EQ(Job(job).examined_count(), 2);
  EXPECT_EQ(Job(job).retried_count(), 2);
  const EndpointLease lease = Lease(webhook);
  ASSERT_EQ(lease.deliveries.size(), 2u);
  EXPECT_EQ(lease.deliveries[0].step, 1);
  EXPECT_EQ(lease.deliveries[1].step, 1);
}

TEST_P(StoreRetryJobs, TakeSeveralStepsForManyDeliveries) {
  const v1::Webhook webhook = NewListener();
  const absl::Time start = now_;
  const std::vector<std::string> failed = Fail(webhook, 450);
  const std::string job = Create(webhook, start, /*include_waiting=*/true);
  Maintain();
  EXPECT_EQ(Job(job).state(), v1::RetryJob::DONE);
  EXPECT_EQ(Job(job).retried_count(), 450);
}

TEST_P(StoreRetryJobs, AreLimitedInEachProject) {
  const v1::Webhook webhook = NewListener();
  for (int i = 0; i < DeliveryStore::kMaxRetryJobs; ++i) {
    ASSERT_THAT(TryCreate(webhook, now_), IsOk());
  }
  EXPECT_THAT(TryCreate(webhook, now_),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "RETRY_JOB_LIMIT_REACHED"));
  EXPECT_THAT(TryCreate(NewWebhook(), now_), IsOk());
  Maintain();
  EXPECT_THAT(TryCreate(webhook, now_), IsOk());
}

TEST_P(StoreRetryJobs, TakeTurnsByProject) {
  const v1::Webhook webhook = NewListener();
  const absl::Time start = now_;
  Fail(webhook, 450);
  for (int i = 0; i < 5; ++i) Create(webhook, start);
  // The last project in the order of ids.
  ProjectAndKey last = MakeProject();
  last.project.set_id_project("ffffffff-ffff-7fff-bfff-ffffffffffff");
  last.key.set_id_project(last.project.id_project());
  ASSERT_THAT(CreateProject(*store_, last.project, last.key, last.hash),
              IsOk());
  const v1::Webhook other = NewWebhook(last.project.id_project());
  const auto job = TryCreate(other, start);
  ASSERT_THAT(job, IsOk());
  Step();
  Step();
  const auto worked_on = Await<v1::RetryJob>([&](auto done) {
    store_->GetRetryJob(other.id_project(), job->answer.id_retry_job(), {},
                        done);
  });
  EXPECT_EQ(worked_on->state(), v1::RetryJob::DONE);
}

TEST_P(StoreRetryJobs, TakeTurns) {
  const v1::Webhook webhook = NewListener();
  const absl::Time start = now_;
  Fail(webhook, 450);
  const absl::Time middle = now_;
  Fail(webhook, 450);
  const std::string first = Create(webhook, start);
  const std::string second = Create(webhook, middle);
  Step();
  Step();
  EXPECT_GT(Job(first).retried_count(), 0);
  EXPECT_GT(Job(second).retried_count(), 0);
}

TEST_P(StoreRetryJobs, StopWhenTheyAreCancelled) {
  const v1::Webhook webhook = NewListener();
  const absl::Time start = now_;
  Fail(webhook, 450);
  const std::string job = Create(webhook, start);
  Step();
  const int retried = Job(job).retried_count();
  ASSERT_THAT(Await<v1::RetryJob>([&](auto done) {
                store_->CancelRetryJob(project_, job, {}, done);
              }),
              IsOk());
  Maintain();
  EXPECT_EQ(Job(job).state(), v1::RetryJob::CANCELLED);
  EXPECT_EQ(Job(job).retried_count(), retried);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreRetryJobs,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
