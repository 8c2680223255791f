#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;

const absl::Time kLater = absl::FromUnixSeconds(1800000000);

// Changes and deletions of webhooks.
class StoreChanges : public StoreContract {
 protected:
  static v1::UpdateWebhookRequest ChangeOf(const v1::Webhook& webhook,
                                           const std::string& field) {
    v1::UpdateWebhookRequest change;
    change.set_id(webhook.id_webhook_endpoint());
    change.mutable_update_mask()->add_paths(field);
    return change;
  }

  absl::StatusOr<v1::Webhook> Update(const std::string& project,
                                     const v1::UpdateWebhookRequest& change,
                                     absl::Time now = kLater) {
    return Await<v1::Webhook>([&](auto done) {
      store_->UpdateWebhook(project, change, now, {}, done);
    });
  }

  absl::StatusOr<v1::Webhook> Delete(const std::string& project,
                                     const std::string& id,
                                     const std::string& etag = "") {
    v1::DeleteWebhookRequest request;
    request.set_id(id);
    request.set_etag(etag);
    return Await<v1::Webhook>(
        [&](auto done) { store_->DeleteWebhook(project, request, {}, done); });
  }

  absl::StatusOr<v1::Webhook> Read(const v1::Webhook& webhook) {
    return GetWebhook(*store_, webhook.id_project(),
                      webhook.id_webhook_endpoint());
  }
};

TEST_P(StoreChanges, SetTheFieldsInTheMaskAndNoOthers) {
  const v1::Webhook before = NewWebhook();
  v1::UpdateWebhookRequest change = ChangeOf(before, "url");
  change.set_url("https://other.example/");
  change.set_description("not named");
  const auto after = Update(before.id_project(), change);
  ASSERT_THAT(after, IsOk());
  v1::Webhook expected = before;
  expected.set_url("https://other.example/");
  *expected.mutable_last_update() = ToTimestamp(kLater);
  expected.set_etag(after->etag());
  EXPECT_TRUE(MessageDifferencer::Equals(*after, expected));
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(before), expected));
  EXPECT_NE(after->etag(), before.etag());
}

TEST_P(StoreChanges, ClearFieldsInTheMaskThatHaveNoValue) {
  const v1::Webhook before = NewWebhook();
  v1::UpdateWebhookRequest change = ChangeOf(before, "url");
  change.mutable_update_mask()->add_paths("description");
  change.mutable_update_mask()->add_paths("scope");
  ASSERT_THAT(Update(before.id_project(), change), IsOk());
  const auto after = Read(before);
  EXPECT_FALSE(after->has_url());
  EXPECT_FALSE(after->has_endpoint_description());
  EXPECT_TRUE(after->scope().empty());
}

TEST_P(StoreChanges, WithoutADifferenceLeaveLastUpdateAndEtag) {
  const v1::Webhook before = NewWebhook();
  v1::UpdateWebhookRequest change = ChangeOf(before, "active");
  change.set_active(true);
  const auto after = Update(before.id_project(), change);
  ASSERT_THAT(after, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*after, before));
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(before), before));
}

TEST_P(StoreChanges, WithinOneMillisecondHaveDifferentEtags) {
  const v1::Webhook before = NewWebhook();
  const absl::Time now = FromTimestamp(before.last_update());
  v1::UpdateWebhookRequest change = ChangeOf(before, "active");
  change.set_active(false);
  const auto first = Update(before.id_project(), change, now);
  change.set_active(true);
  const auto second = Update(before.id_project(), change, now);
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(first->etag(), before.etag());
  EXPECT_NE(second->etag(), first->etag());
  EXPECT_NE(second->etag(), before.etag());
}

TEST_P(StoreChanges, WithAStaleEtagAreRefused) {
  const v1::Webhook before = NewWebhook();
  v1::UpdateWebhookRequest change = ChangeOf(before, "active");
  change.set_etag(before.etag());
  ASSERT_THAT(Update(before.id_project(), change), IsOk());
  const auto current = Read(before);
  change.set_active(true);
  EXPECT_THAT(Update(before.id_project(), change),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(
      Delete(before.id_project(), before.id_webhook_endpoint(), before.etag()),
      StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(before), *current));
}

TEST_P(StoreChanges, OfAnotherProjectsWebhookAreNotFound) {
  const v1::Webhook webhook = NewWebhook();
  const std::string stranger = NewProject();
  EXPECT_THAT(Update(stranger, ChangeOf(webhook, "url")),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_THAT(Delete(stranger, webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(webhook), webhook));
}

TEST_P(StoreChanges, SurviveAReopening) {
  const v1::Webhook kept = NewWebhook();
  const v1::Webhook deleted = NewWebhook(kept.id_project());
  v1::UpdateWebhookRequest change = ChangeOf(kept, "url");
  const auto after = Update(kept.id_project(), change);
  ASSERT_THAT(Delete(deleted.id_project(), deleted.id_webhook_endpoint()),
              IsOk());
  Reopen();
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(kept), *after));
  EXPECT_THAT(Read(deleted), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreChanges, DeletionReturnsTheWebhookOnce) {
  const v1::Webhook webhook = NewWebhook();
  const auto deleted =
      Delete(webhook.id_project(), webhook.id_webhook_endpoint());
  ASSERT_THAT(deleted, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*deleted, webhook));
  EXPECT_THAT(Read(webhook), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Delete(webhook.id_project(), webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreChanges,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
