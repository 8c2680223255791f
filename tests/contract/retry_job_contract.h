#ifndef WEBHOOKS_TESTS_CONTRACT_RETRY_JOB_CONTRACT_H_
#define WEBHOOKS_TESTS_CONTRACT_RETRY_JOB_CONTRACT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {

// The fixture of a test of retry jobs.
class RetryJobContract : public DeliveryContract {
 protected:
  // Makes deliveries to the webhook fail, and returns their ids.
  std::vector<std::string> Fail(const v1::Webhook& webhook, int count) {
    EventStore::MaybeEvents events;
    for (int i = 0; i < count; ++i) {
      events.emplace_back(MakeEvent());
      now_ += absl::Milliseconds(1);
    }
    EXPECT_THAT(Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
                  store_->PublishEvents(project_, events, std::nullopt, {},
                                        done);
                }),
                IsOk());
    std::vector<std::string> failed;
    std::vector<Pending<absl::StatusOr<RecordedAttempt>>> records;
    for (const LeasedDelivery& leased : Lease(webhook, count).deliveries) {
      store_->RecordAttempt(ResultOf(webhook, leased, Outcome::kFailed), {},
                            records.emplace_back().Completion());
      failed.push_back(leased.id);
    }
    for (auto& record : records) EXPECT_THAT(record.Get(), IsOk());
    return failed;
  }

  // Creates a job for the events that were published since `start`. Returns its
  // id.
  std::string Create(const v1::Webhook& webhook, absl::Time start,
                     bool include_waiting = false) {
    const auto created = TryCreate(webhook, start, include_waiting);
    EXPECT_THAT(created, IsOk());
    return created.ok() ? created->answer.id_retry_job() : "";
  }

  absl::StatusOr<Created<v1::RetryJob>> TryCreate(
      const v1::Webhook& webhook, absl::Time start,
      bool include_waiting = false) {
    v1::RetryJob job;
    job.set_selection(v1::RetryJob::FAILED);
    job.set_include_waiting(include_waiting);
    return TryCreate(webhook, start, std::move(job));
  }

  // Fills the other fields of `job` and creates it.
  absl::StatusOr<Created<v1::RetryJob>> TryCreate(const v1::Webhook& webhook,
                                                  absl::Time start,
                                                  v1::RetryJob job) {
    job.set_id_retry_job(
        FormatUuid(MakeUuidV7(now_, {static_cast<std::uint8_t>(++jobs_)})));
    job.set_id_project(webhook.id_project());
    job.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
    *job.mutable_start_time() = ToTimestamp(start);
    *job.mutable_end_time() = ToTimestamp(now_);
    *job.mutable_created_at() = ToTimestamp(now_);
    job.set_state(v1::RetryJob::RUNNING);
    return Await<Created<v1::RetryJob>>([&](auto done) {
      store_->CreateRetryJob(job, std::nullopt, {}, done);
    });
  }

  v1::RetryJob Job(const std::string& id) {
    return *Await<v1::RetryJob>(
        [&](auto done) { store_->GetRetryJob(project_, id, {}, done); });
  }

  void Step() {
    EXPECT_THAT(Await<bool>([&](auto done) {
                  store_->Maintain(now_, absl::Hours(24), {}, done);
                }),
                IsOk());
  }

 private:
  int jobs_ = 0;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_CONTRACT_RETRY_JOB_CONTRACT_H_
