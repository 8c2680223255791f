#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/open.h"
#include "tests/support/database_001.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"
#include "tests/unit/storage/sqlite/engine/old_database.h"

namespace webhooks::sqlite {
namespace {

using testing::IsOk;
using testing::StatusIs;

class DatabaseOfVersion1 : public OldDatabase {
 protected:
  DatabaseOfVersion1() : OldDatabase(testing::kDatabase001) {}

  const std::string project_ = "01a20c3b-6211-77b2-a67e-925869048751";
};

TEST_F(DatabaseOfVersion1, IsReadAsItWas) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { (*store)->ListWebhooks(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 2u);
  const v1::Webhook& first = page->records[0];
  EXPECT_EQ(first.id_webhook_endpoint(),
            "01a20c3b-69ed-794f-a192-e76c01b8cfb1");
  EXPECT_EQ(first.secret(),
            "whsec_KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=");
  EXPECT_EQ(first.endpoint_description(),
            "Webhook to receive connection events");
  EXPECT_EQ(first.scope_size(), 2);
  EXPECT_TRUE(first.active());
  const v1::Webhook& second = page->records[1];
  EXPECT_EQ(second.secret(),
            "whsec_HcMDs2X7kFYrcJ73OTCJD7UMdt+8boYF18Q2LGNb0b4=");
  EXPECT_FALSE(second.has_url());
  const auto secrets = Await<v1::WebhookSecrets>([&](auto done) {
    (*store)->GetSecrets(project_, second.id_webhook_endpoint(), absl::Now(),
                         {}, done);
  });
  ASSERT_THAT(secrets, IsOk());
  EXPECT_EQ(secrets->secrets(0).created_at().seconds(), 1795501550);
  EXPECT_EQ(secrets->secrets(0).created_at().nanos(), 69'000'000);
}

TEST_F(DatabaseOfVersion1, WorksOn) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT(testing::CreateWebhook(**store, testing::MakeWebhook(project_)),
              IsOk());
  const auto project = Await<v1::Project>(
      [&](auto done) { (*store)->GetProject(project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->webhook_count(), 3);
  EXPECT_TRUE(*testing::HadFirstProject(**store));
  const auto keys = Await<Page<v1::ApiKey>>(
      [&](auto done) { (*store)->ListApiKeys(project_, {}, {}, done); });
  ASSERT_THAT(keys, IsOk());
  EXPECT_EQ(keys->records.size(), 1u);
}

TEST_F(DatabaseOfVersion1, HasNoSecretInClearText) {
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  ASSERT_NE(Bytes().find(secret), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

// Uses more pages than other tables reuse.
TEST_F(DatabaseOfVersion1, HasNoneOfManySecretsInClearText) {
  ASSERT_THAT(
      Connect()->Execute(
          "add webhooks",
          "INSERT INTO webhooks WITH RECURSIVE numbers (n) AS (SELECT 1 UNION"
          " ALL SELECT n + 1 FROM numbers WHERE n < 1000) SELECT projects.id,"
          " randomblob(16), NULL, NULL, 'whsec_inTheClear' ||"
          " hex(zeroblob(500)), 1, NULL, 0, 0 FROM projects, numbers"),
      IsOk());
  ASSERT_NE(Bytes().find("inTheClear"), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find("inTheClear"), std::string::npos);
}

// Simulates a start that is interrupted after the migration.
TEST_F(DatabaseOfVersion1, HasNoSecretInTheLogOfAnInterruptedStart) {
  ASSERT_THAT(Open(), IsOk());
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  {
    const auto connection = Connect();
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                      nullptr);
    const auto rename = [&](absl::string_view name) {
      return connection->Execute(
          "rename", absl::StrCat("UPDATE projects SET name = '", name, "'"));
    };
    ASSERT_THAT(rename(secret), IsOk());
    ASSERT_THAT(rename("default"), IsOk());
  }
  ASSERT_NE(Bytes().find(secret), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

TEST_F(DatabaseOfVersion1, IsNotChangedWithoutASecretKey) {
  const auto refused = OpenStore(url_, [](bool) -> absl::StatusOr<SecretKeys> {
    return absl::PermissionDeniedError("no key");
  });
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_NE(Bytes().find("KnYtJ91P8d81"), std::string::npos);
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(DatabaseOfVersion1, HasItsWebhooksListening) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Matched(**store, project_, "crm.contact.updated"), 2);
  EXPECT_EQ(Matched(**store, project_, "other"), 1);
}

}  // namespace
}  // namespace webhooks::sqlite
