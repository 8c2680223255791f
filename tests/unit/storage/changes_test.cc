#include "storage/changes.h"

#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/support/status_matchers.h"

namespace webhooks {
namespace {

using testing::IsOk;
using testing::StatusIs;

const absl::Time kChangedAt = absl::FromUnixSeconds(1'800'000'000);

v1::Webhook ActiveWebhook() {
  v1::Webhook webhook;
  webhook.set_active(true);
  webhook.set_url("https://a.example/hook");
  *webhook.mutable_last_update() = ToTimestamp(kChangedAt);
  return webhook;
}

SecretRotation NewSecret() {
  SecretRotation rotation;
  rotation.secret = "new";
  rotation.overlap = absl::Hours(1);
  rotation.now = kChangedAt;
  return rotation;
}

TEST(WebhookChange, AdvancesLastUpdateByAMillisecondIfTheClockStandsStill) {
  v1::UpdateWebhookRequest change;
  change.mutable_update_mask()->add_paths("active");
  v1::Webhook webhook = ActiveWebhook();
  EXPECT_TRUE(Apply(change, kChangedAt, webhook));
  EXPECT_FALSE(webhook.active());
  EXPECT_EQ(FromTimestamp(webhook.last_update()),
            kChangedAt + absl::Milliseconds(1));
}

TEST(WebhookChange, WithoutADifferenceLeavesTheWebhook) {
  v1::UpdateWebhookRequest change;
  change.mutable_update_mask()->add_paths("active");
  change.set_active(true);
  v1::Webhook webhook = ActiveWebhook();
  EXPECT_FALSE(Apply(change, kChangedAt + absl::Hours(1), webhook));
  EXPECT_EQ(FromTimestamp(webhook.last_update()), kChangedAt);
}

TEST(SecretRotation, EndsOlderSecretsAfterTheOverlapAtTheLatest) {
  v1::Webhook webhook = ActiveWebhook();
  v1::WebhookSecrets secrets;
  secrets.add_secrets()->set_secret("old");
  ASSERT_THAT(Apply(NewSecret(), webhook, secrets), IsOk());
  ASSERT_EQ(secrets.secrets_size(), 2);
  EXPECT_EQ(secrets.secrets(0).secret(), "new");
  EXPECT_EQ(FromTimestamp(secrets.secrets(1).expires_at()),
            kChangedAt + absl::Hours(1));
  EXPECT_EQ(SecretsInForce(secrets, kChangedAt + absl::Hours(1)).secrets_size(),
            1);
}

TEST(SecretRotation, AboveTheLimitChangesNothing) {
  v1::Webhook webhook = ActiveWebhook();
  v1::WebhookSecrets secrets;
  for (int i = 0; i < WebhookStore::kMaxSecrets; ++i) secrets.add_secrets();
  EXPECT_THAT(
      Apply(NewSecret(), webhook, secrets),
      StatusIs(absl::StatusCode::kFailedPrecondition, "TOO_MANY_SECRETS"));
  EXPECT_EQ(secrets.secrets_size(), WebhookStore::kMaxSecrets);
  EXPECT_EQ(webhook.secret(), "");
}

TEST(RetryJobStep, AddsItsCountsAndEndsTheJobIfItIsTheLast) {
  v1::RetryJob job;
  job.set_state(v1::RetryJob::RUNNING);
  Apply({.examined = 3, .retried = 2}, job);
  EXPECT_EQ(job.state(), v1::RetryJob::RUNNING);
  Apply({.examined = 1, .retried = 1, .is_last = true}, job);
  EXPECT_EQ(job.state(), v1::RetryJob::DONE);
  EXPECT_EQ(job.examined_count(), 4);
  EXPECT_EQ(job.retried_count(), 3);
}

TEST(RetryJob, IsCancelledOnlyWhileItRuns) {
  v1::RetryJob job;
  job.set_state(v1::RetryJob::RUNNING);
  EXPECT_TRUE(Cancel(job));
  EXPECT_EQ(job.state(), v1::RetryJob::CANCELLED);
  job.set_state(v1::RetryJob::DONE);
  EXPECT_FALSE(Cancel(job));
  EXPECT_EQ(job.state(), v1::RetryJob::DONE);
}

}  // namespace
}  // namespace webhooks
