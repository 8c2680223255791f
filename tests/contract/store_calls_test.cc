#include <atomic>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

class StoreCalls : public StoreContract {
 protected:
  CallOptions Expired() const {
    return {absl::Now() - absl::Seconds(1), nullptr};
  }
  CallOptions Cancelled() const {
    return {absl::InfiniteFuture(), std::make_shared<std::atomic<bool>>(true)};
  }
};

TEST_P(StoreCalls, AHealthyStoreAnswersItsProbe) {
  EXPECT_THAT(Probe(*store_), IsOk());
}

TEST_P(StoreCalls, AChangeAfterItsDeadlineDoesNothing) {
  const v1::Webhook webhook = MakeWebhook(NewProject());
  EXPECT_THAT(CreateWebhook(*store_, webhook, Expired()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(
      GetWebhook(*store_, webhook.id_project(), webhook.id_webhook_endpoint()),
      StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreCalls, ACancelledChangeDoesNothing) {
  const v1::Webhook webhook = MakeWebhook(NewProject());
  EXPECT_THAT(CreateWebhook(*store_, webhook, Cancelled()),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(
      GetWebhook(*store_, webhook.id_project(), webhook.id_webhook_endpoint()),
      StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreCalls, AReadAfterItsDeadlineIsRefused) {
  EXPECT_THAT(GetWebhook(*store_, NewId(), NewId(), Expired()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_P(StoreCalls, ACancelledReadIsRefused) {
  EXPECT_THAT(GetWebhook(*store_, NewId(), NewId(), Cancelled()),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_P(StoreCalls, ACompletionMayCallTheStore) {
  const v1::Webhook webhook = MakeWebhook(NewProject());
  Pending<absl::StatusOr<v1::Webhook>> pending;
  store_->CreateWebhook(
      webhook, std::nullopt, {},
      [&, completion = pending.Completion()](
          const absl::StatusOr<Created<v1::Webhook>>& created) mutable {
        ASSERT_THAT(created, IsOk());
        store_->GetWebhook(webhook.id_project(), webhook.id_webhook_endpoint(),
                           {}, std::move(completion));
      });
  EXPECT_THAT(pending.Get(), IsOk());
}

TEST_P(StoreCalls, AFailedCallLeavesTheOthersOfItsTransaction) {
  const v1::Webhook taken = MakeWebhook(NewProject());
  ASSERT_THAT(CreateWebhook(*store_, taken), IsOk());
  Pending<absl::StatusOr<Created<v1::Webhook>>> before;
  Pending<absl::StatusOr<Created<v1::Webhook>>> refused;
  Pending<absl::StatusOr<Created<v1::Webhook>>> after;
  const v1::Webhook first = MakeWebhook(taken.id_project());
  const v1::Webhook last = MakeWebhook(taken.id_project());
  store_->CreateWebhook(first, std::nullopt, {}, before.Completion());
  store_->CreateWebhook(taken, std::nullopt, {}, refused.Completion());
  store_->CreateWebhook(last, std::nullopt, {}, after.Completion());
  EXPECT_THAT(before.Get(), IsOk());
  EXPECT_THAT(refused.Get(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(after.Get(), IsOk());
  EXPECT_THAT(
      GetWebhook(*store_, last.id_project(), last.id_webhook_endpoint()),
      IsOk());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreCalls, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
