#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/delivery_queue.h about receivers that fail.
namespace webhooks::testing {
namespace {

using ::testing::SizeIs;

constexpr absl::Duration kDeactivateAfter = absl::Hours(1);

class StoreDeactivation : public DeliveryContract {
 protected:
  // Publishes an event and returns the result of an attempt at its delivery.
  AttemptResult NextResult(const v1::Webhook& webhook, Outcome outcome) {
    PublishOne();
    AttemptResult result =
        ResultOf(webhook, Lease(webhook).deliveries[0], outcome);
    result.deactivate_after = kDeactivateAfter;
    return result;
  }

  AttemptResult Gone(const v1::Webhook& webhook) {
    AttemptResult result = NextResult(webhook, Outcome::kFailed);
    result.gone = true;
    return result;
  }

  v1::Webhook Stored(const v1::Webhook& webhook) {
    return *GetWebhook(*store_, project_, webhook.id_webhook_endpoint());
  }
};

TEST_P(StoreDeactivation,
       FollowsWhenTheReceiverIsGoneAndNotifiesOtherWebhooks) {
  const v1::Webhook gone = NewListener();
  v1::Webhook other = MakeWebhook(project_);
  other.clear_scope();
  other.add_scope("webhook.deactivated");
  other = *CreateWebhook(*store_, other);
  ASSERT_THAT(Record(Gone(gone)), IsOk());
  const v1::Webhook webhook = Stored(gone);
  EXPECT_FALSE(webhook.active());
  EXPECT_EQ(webhook.deactivation().reason(), v1::Deactivation::GONE);
  EXPECT_NE(webhook.etag(), gone.etag());
  const EndpointLease lease = Lease(other);
  ASSERT_THAT(lease.deliveries, SizeIs(1));
  EXPECT_EQ(lease.deliveries[0].event.type(), "webhook.deactivated");
}

TEST_P(StoreDeactivation, ShowsOtherWebhooksOnlyTheHostOfTheUrl) {
  const v1::Webhook gone = NewListener();
  SetUrl(gone, "https://a.example:8443/hook/secret?token=secret#secret");
  v1::Webhook other = MakeWebhook(project_);
  other.clear_scope();
  other.add_scope("webhook.deactivated");
  other = *CreateWebhook(*store_, other);
  ASSERT_THAT(Record(Gone(Stored(gone))), IsOk());
  const EndpointLease lease = Lease(other);
  ASSERT_THAT(lease.deliveries, SizeIs(1));
  EXPECT_EQ(
      lease.deliveries[0].event.data(),
      absl::StrCat("{\"id_webhook_endpoint\":\"", gone.id_webhook_endpoint(),
                   "\",\"host\":\"a.example:8443\",\"reason\":\"GONE\"}"));
}

TEST_P(StoreDeactivation, NotifiesAtMostAHundredWebhooks) {
  v1::Webhook everything = MakeWebhook(project_);
  everything.clear_scope();
  std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> calls(150);
  for (auto& call : calls) {
    everything.set_id_webhook_endpoint(NewId());
    store_->CreateWebhook(everything, std::nullopt, {}, call.Completion());
  }
  for (auto& call : calls) ASSERT_THAT(call.Get(), IsOk());
  v1::Webhook watcher = MakeWebhook(project_);
  watcher.clear_scope();
  watcher.add_scope("webhook.deactivated");
  watcher = *CreateWebhook(*store_, watcher);
  v1::Webhook gone = MakeWebhook(project_);
  gone.clear_scope();
  gone.add_scope("only.this");
  gone = *CreateWebhook(*store_, gone);
  ASSERT_THAT(Publish(MakeEvent("only.this")), IsOk());
  AttemptResult result =
      ResultOf(gone, Lease(gone).deliveries[0], Outcome::kFailed);
  result.gone = true;
  ASSERT_THAT(Record(result), IsOk());
  const auto events = Await<Page<v1::Event>>([&](auto done) {
    store_->ListEvents(project_, {"webhook.deactivated"}, {}, {}, done);
  });
  EXPECT_EQ(events->records.at(0).matched_webhooks(), 100);
  EXPECT_THAT(Lease(watcher).deliveries, SizeIs(1));
}

TEST_P(StoreDeactivation, DoesNotNotifyFailingWebhooks) {
  v1::Webhook everything = MakeWebhook(project_);
  everything.clear_scope();
  const v1::Webhook first = *CreateWebhook(*store_, everything);
  everything.set_id_webhook_endpoint(NewId());
  const v1::Webhook second = *CreateWebhook(*store_, everything);
  PublishOne();
  AttemptResult one =
      ResultOf(first, Lease(first).deliveries[0], Outcome::kRetry);
  AttemptResult other =
      ResultOf(second, Lease(second).deliveries[0], Outcome::kFailed);
  other.gone = true;
  ASSERT_THAT(Record(one), IsOk());
  ASSERT_THAT(Record(other), IsOk());
  EXPECT_THAT(List({.event_type = "webhook.deactivated"}),
              ::testing::IsEmpty());
}

TEST_P(StoreDeactivation, DoesNotNotifyTheWebhookItself) {
  v1::Webhook everything = MakeWebhook(project_);
  everything.clear_scope();
  everything = *CreateWebhook(*store_, everything);
  ASSERT_THAT(Record(Gone(everything)), IsOk());
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreDeactivation, DoesNotFollowIfTheUrlWasChangedMeanwhile) {
  const v1::Webhook webhook = NewListener();
  const AttemptResult result = Gone(webhook);
  SetUrl(webhook, "https://another.example/hook");
  ASSERT_THAT(Record(result), IsOk());
  EXPECT_TRUE(Stored(webhook).active());
}

TEST_P(StoreDeactivation, FollowsAfterFailuresForTheConfiguredTime) {
  const v1::Webhook webhook = NewListener();
  ASSERT_THAT(Record(NextResult(webhook, Outcome::kFailed)), IsOk());
  now_ += kDeactivateAfter - absl::Seconds(1);
  ASSERT_THAT(Record(NextResult(webhook, Outcome::kFailed)), IsOk());
  EXPECT_TRUE(Stored(webhook).active());
  now_ += absl::Seconds(1);
  ASSERT_THAT(Record(NextResult(webhook, Outcome::kFailed)), IsOk());
  EXPECT_FALSE(Stored(webhook).active());
}

TEST_P(StoreDeactivation, IsPostponedByASuccess) {
  const v1::Webhook webhook = NewListener();
  for (const Outcome outcome :
       {Outcome::kFailed, Outcome::kDelivered, Outcome::kFailed}) {
    ASSERT_THAT(Record(NextResult(webhook, outcome)), IsOk());
    now_ += kDeactivateAfter * 2 / 3;
  }
  EXPECT_TRUE(Stored(webhook).active());
}

TEST_P(StoreDeactivation, IsPostponedByAnotherUrl) {
  const v1::Webhook webhook = NewListener();
  ASSERT_THAT(Record(NextResult(webhook, Outcome::kFailed)), IsOk());
  now_ += kDeactivateAfter;
  SetUrl(webhook, "https://another.example/hook");
  ASSERT_THAT(Record(NextResult(Stored(webhook), Outcome::kFailed)), IsOk());
  EXPECT_TRUE(Stored(webhook).active());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreDeactivation,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
