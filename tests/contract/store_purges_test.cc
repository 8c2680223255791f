#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::testing::IsEmpty;

// Tests the deletion of the content of a deleted project.
class StorePurges : public DeliveryContract {
 protected:
  // The maximum number of rows of a kind that one step deletes.
  static constexpr int kStep = 200;
  static int StepsFor(int rows) { return (rows + kStep - 1) / kStep; }

  Idempotency Once(int number) const {
    Idempotency idempotency{{}, {}, project_, now_};
    idempotency.key[0] = static_cast<std::uint8_t>(number);
    idempotency.key[1] = static_cast<std::uint8_t>(number >> 8);
    return idempotency;
  }

  // Makes `count` calls at the same time. `call` gets the number of the call
  // and its completion.
  template <typename T, typename Call>
  void Perform(int count, Call&& call) {
    std::vector<Pending<absl::StatusOr<Created<T>>>> calls(
        static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      call(i, calls[static_cast<std::size_t>(i)].Completion());
    }
    for (auto& pending : calls) ASSERT_THAT(pending.Get(), IsOk());
  }

  // Creates webhooks with two event types each.
  void CreateWebhooks(int count) {
    Perform<v1::Webhook>(count, [&](int, auto done) {
      store_->CreateWebhook(MakeWebhook(project_), std::nullopt, {}, done);
    });
  }

  // Publishes events, each with a delivery and a kept answer.
  void PublishEvents(int count) {
    Perform<Published>(count, [&](int i, auto done) {
      store_->PublishEvent(MakeEvent(), Once(i), {}, done);
    });
  }

  std::string CreateRetryJobs(int count, const v1::Webhook& webhook) {
    v1::RetryJob job;
    job.set_id_project(project_);
    job.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
    *job.mutable_created_at() = ToTimestamp(now_);
    *job.mutable_end_time() = job.created_at();
    job.set_state(v1::RetryJob::RUNNING);
    Perform<v1::RetryJob>(count, [&](int, auto done) {
      job.set_id_retry_job(NewId());
      store_->CreateRetryJob(job, std::nullopt, {}, done);
    });
    return job.id_retry_job();
  }

  void DeleteProject() {
    ASSERT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(project_, now_, {}, done);
                }),
                IsOk());
  }

  // Creates a project with the id of the deleted one, which must be free.
  void MakeProjectAgain() {
    ProjectAndKey made = MakeProject();
    made.project.set_id_project(project_);
    made.key.set_id_project(project_);
    ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
                IsOk());
  }
};

TEST_P(StorePurges, DeleteTheContentOfAProjectInSteps) {
  const v1::Webhook listener = NewListener();
  CreateWebhooks(450);
  PublishEvents(250);
  CreateRetryJobs(DeliveryStore::kMaxRetryJobs, listener);
  DeleteProject();
  EXPECT_GE(Maintain(), StepsFor(451) + StepsFor(901) +  // webhooks, types
                            3 * StepsFor(250) +  // events, deliveries, answers
                            1 +                  // jobs
                            1 + 1);              // the key, the project
}

TEST_P(StorePurges, FollowANotificationForEveryEndpointOfTheProject) {
  const std::string upper_case = absl::AsciiStrToUpper(project_);
  const auto told = NotificationsDuring([&] {
    ASSERT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(upper_case, now_, {}, done);
                }),
                IsOk());
  });
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].endpoint, (Endpoint{project_, ""}));
  EXPECT_TRUE(told[0].has_changed);
}

TEST_P(StorePurges, LeaveNothingOfADeletedProject) {
  const v1::Webhook listener = NewListener();
  PublishEvents(3);
  const std::string job = CreateRetryJobs(1, listener);
  DeleteProject();
  Maintain();
  MakeProjectAgain();
  const auto project = Await<v1::Project>(
      [&](auto done) { store_->GetProject(project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->webhook_count(), 0);
  EXPECT_THAT(GetWebhook(*store_, project_, listener.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_THAT(Await<Page<v1::Event>>([&](auto done) {
                store_->ListEvents(project_, {}, {}, {}, done);
              })->records,
              IsEmpty());
  EXPECT_THAT(Await<v1::RetryJob>([&](auto done) {
                store_->GetRetryJob(project_, job, {}, done);
              }),
              StatusIs(absl::StatusCode::kNotFound));
  const auto again = Await<Created<Published>>(
      [&](auto done) { store_->PublishEvent(MakeEvent(), Once(0), {}, done); });
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again->replayed);
  EXPECT_EQ(again->answer.matched_webhooks(), 0);
}

TEST_P(StorePurges, LeaveOtherProjectsAlone) {
  const v1::Webhook other = NewWebhook();
  CreateWebhooks(1);
  DeleteProject();
  Maintain();
  EXPECT_THAT(
      GetWebhook(*store_, other.id_project(), other.id_webhook_endpoint()),
      IsOk());
}

INSTANTIATE_TEST_SUITE_P(Every, StorePurges, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
