#include "storage/deactivation.h"

#include "gtest/gtest.h"
#include "proto/time.h"

namespace webhooks {
namespace {

const absl::Time kFailedAt = absl::FromUnixSeconds(1'800'000'000);

AttemptResult Failure(absl::Duration deactivate_after) {
  AttemptResult result;
  result.now = kFailedAt;
  result.deactivate_after = deactivate_after;
  return result;
}

StoredWebhook FailingWebhook() {
  StoredWebhook stored;
  stored.webhook.set_active(true);
  stored.webhook.set_url("https://a.example/hook");
  stored.failing_since = kFailedAt;
  return stored;
}

TEST(Deactivation, FollowsWhenAttemptsHaveFailedForTheWholeTime) {
  const AttemptResult result = Failure(absl::Hours(1));
  EXPECT_EQ(ReasonToDeactivate(result, kFailedAt - absl::Minutes(59)),
            std::nullopt);
  EXPECT_EQ(ReasonToDeactivate(result, kFailedAt - absl::Hours(1)),
            v1::Deactivation::FAILING);
}

TEST(Deactivation, FollowsAtOnceIfTheReceiverIsGone) {
  AttemptResult result = Failure(absl::Hours(1));
  result.gone = true;
  EXPECT_EQ(ReasonToDeactivate(result, kFailedAt), v1::Deactivation::GONE);
}

TEST(Deactivation, HappensOnce) {
  v1::Webhook webhook = FailingWebhook().webhook;
  EXPECT_TRUE(Deactivate(v1::Deactivation::FAILING, kFailedAt, webhook));
  EXPECT_FALSE(Deactivate(v1::Deactivation::GONE, kFailedAt, webhook));
  EXPECT_EQ(webhook.deactivation().reason(), v1::Deactivation::FAILING);
}

TEST(DeactivationEvent, ShowsTheHostButNotTheRestOfTheUrl) {
  v1::Webhook webhook = FailingWebhook().webhook;
  webhook.set_url("https://user:password@a.example:8443/secret?token=1");
  Deactivate(v1::Deactivation::GONE, kFailedAt, webhook);
  const v1::Event event = DeactivationEvent(webhook, "delivery");
  EXPECT_EQ(event.type(), kDeactivatedType);
  EXPECT_EQ(event.data(),
            R"({"id_webhook_endpoint":"","host":"a.example:8443",)"
            R"("reason":"GONE"})");
}

TEST(DeactivationEvent, HasTheSameIdForTheSameCause) {
  v1::Webhook webhook = FailingWebhook().webhook;
  Deactivate(v1::Deactivation::GONE, kFailedAt, webhook);
  EXPECT_EQ(DeactivationEvent(webhook, "a").id_event(),
            DeactivationEvent(webhook, "a").id_event());
  EXPECT_NE(DeactivationEvent(webhook, "a").id_event(),
            DeactivationEvent(webhook, "b").id_event());
}

TEST(WebhookHealth, BeginsAnewWithAnotherUrl) {
  StoredWebhook stored = FailingWebhook();
  const v1::Webhook before = stored.webhook;
  stored.webhook.set_url("https://b.example/hook");
  UpdateHealth(before, kFailedAt, stored);
  EXPECT_EQ(stored.failing_since, std::nullopt);
  EXPECT_EQ(stored.resumed_at, absl::InfinitePast());
}

TEST(WebhookHealth, BeginsAnewWhenTheWebhookCanReceiveAgain) {
  StoredWebhook stored = FailingWebhook();
  v1::Webhook before = stored.webhook;
  before.set_active(false);
  UpdateHealth(before, kFailedAt, stored);
  EXPECT_EQ(stored.failing_since, std::nullopt);
  EXPECT_EQ(stored.resumed_at, kFailedAt);
}

TEST(WebhookHealth, IsKeptByOtherChanges) {
  StoredWebhook stored = FailingWebhook();
  const v1::Webhook before = stored.webhook;
  stored.webhook.set_endpoint_description("new");
  UpdateHealth(before, kFailedAt, stored);
  EXPECT_EQ(stored.failing_since, kFailedAt);
}

}  // namespace
}  // namespace webhooks
