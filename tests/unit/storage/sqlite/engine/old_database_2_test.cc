#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "server/call/once.h"
#include "storage/await.h"
#include "storage/open.h"
#include "tests/support/database_002.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"
#include "tests/unit/storage/sqlite/engine/old_database.h"

namespace webhooks::sqlite {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

class DatabaseOfVersion2 : public OldDatabase {
 protected:
  DatabaseOfVersion2() : OldDatabase(testing::kDatabase002) {}

  absl::StatusOr<v1::WebhookSecrets> SecretsOf(Store& store,
                                               const std::string& webhook) {
    return Await<v1::WebhookSecrets>([&](auto done) {
      store.GetSecrets(project_, webhook, made_, {}, done);
    });
  }

  const std::string project_ = "01a21053-75a6-797e-a810-18bcadc3fc26";
  const std::string other_project_ = "01a21053-7c5c-715c-95f6-585b0a9c0ea1";
  const std::string rotated_ = "01a21053-7c2a-74c4-a373-9b3036df9813";
  // 2026-11-25T01:30:37Z
  const absl::Time made_ = absl::FromUnixSeconds(1795570237);
};

TEST_F(DatabaseOfVersion2, IsReadAsItWas) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { (*store)->ListWebhooks(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 4u);
  const v1::Webhook& first = page->records[0];
  EXPECT_EQ(first.endpoint_description(),
            "Webhook to receive connection events");
  EXPECT_EQ(first.url(), "https://acme.com/webhook_receiver");
  EXPECT_EQ(first.secret(),
            "whsec_5EKouP2JLPRpOZYM4dQ5D4dOMzFGJifh+pVVEYQ/s1g=");
  EXPECT_THAT(first.scope(),
              ElementsAre("connection.created", "crm.contact.updated"));
  EXPECT_FALSE(first.has_delivery());
  const v1::Webhook& second = page->records[1];
  EXPECT_FALSE(second.has_url());
  EXPECT_FALSE(second.has_endpoint_description());
  EXPECT_EQ(second.scope_size(), 0);
  EXPECT_FALSE(page->records[3].active());
}

TEST_F(DatabaseOfVersion2, HasItsRotatedSecrets) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto secrets = SecretsOf(**store, rotated_);
  ASSERT_THAT(secrets, IsOk());
  ASSERT_EQ(secrets->secrets_size(), 2);
  EXPECT_EQ(secrets->secrets(0).secret(),
            "whsec_VeWZZYJm9ttyLlVzdx5926LPO+G9v3udiqexE/PHatM=");
  EXPECT_EQ(secrets->secrets(1).secret(),
            "whsec_f1AJFBhqUDOMJONaZFXYt5n9k+xg4qt7fecmQvydFIw=");
  EXPECT_EQ(secrets->secrets(1).expires_at().seconds(), 1796175036);
}

TEST_F(DatabaseOfVersion2, HasItsProjectsAndTheirLimits) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto project = Await<v1::Project>(
      [&](auto done) { (*store)->GetProject(other_project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->name(), "acme");
  EXPECT_EQ(project->webhook_count(), 1);
  EXPECT_EQ(project->max_webhooks(), 7);
  EXPECT_EQ(project->max_requests_per_second(), 50);
  EXPECT_TRUE(*testing::HadFirstProject(**store));
}

TEST_F(DatabaseOfVersion2, AcceptsItsKeys) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto found = testing::FindApiKey(
      **store, server::HashApiKey(testing::kDatabase002Key));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->project.id_project(), project_);
  EXPECT_FALSE(found->key.has_revoked_at());
  const auto keys = Await<Page<v1::ApiKey>>(
      [&](auto done) { (*store)->ListApiKeys(other_project_, {}, {}, done); });
  ASSERT_THAT(keys, IsOk());
  ASSERT_EQ(keys->records.size(), 2u);
  EXPECT_TRUE(keys->records[1].has_revoked_at());
}

TEST_F(DatabaseOfVersion2, StillAnswersRepeats) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  v1::CreateWebhookRequest request;
  request.set_url("https://acme.com/rotated");
  request.add_scope("connection.created");
  request.set_request_id("kept");
  const auto idempotency = server::IdempotencyOf(
      project_, "webhooks.v1.WebhookService/Create", request, made_);
  const auto repeated = Await<Created<v1::Webhook>>([&](auto done) {
    (*store)->CreateWebhook(testing::MakeWebhook(project_), idempotency, {},
                            done);
  });
  ASSERT_THAT(repeated, IsOk());
  EXPECT_TRUE(repeated->replayed);
  EXPECT_EQ(repeated->answer.id_webhook_endpoint(), rotated_);
}

TEST_F(DatabaseOfVersion2, WorksOn) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  v1::Webhook webhook = testing::MakeWebhook(other_project_);
  (*webhook.mutable_delivery()->mutable_headers())["Authorization"] = "token";
  ASSERT_THAT(testing::CreateWebhook(**store, webhook), IsOk());
  const auto read = testing::GetWebhook(**store, other_project_,
                                        webhook.id_webhook_endpoint());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->delivery().headers().at("Authorization"), "token");
}

TEST_F(DatabaseOfVersion2, HasItsWebhooksListening) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Matched(**store, project_, "connection.created"), 3);
  EXPECT_EQ(Matched(**store, project_, "crm.contact.updated"), 2);
  EXPECT_EQ(Matched(**store, project_, "a.b"), 1);
  EXPECT_EQ(Matched(**store, other_project_, "a.b"), 1);
}

}  // namespace
}  // namespace webhooks::sqlite
