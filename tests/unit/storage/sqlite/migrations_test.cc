#include "storage/sqlite/migrations.h"

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/support/database_001.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::sqlite {
namespace {

using testing::IsOk;
using testing::StatusIs;

class Migrations : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> Open() {
    auto connection =
        Connection::Open(folder_.Path("test.db"), Connection::Mode::kWrite,
                         [](absl::string_view, absl::string_view) {});
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  testing::TempFolder folder_;
  const Sealer sealer_{{testing::TestKey()}};
};

TEST_F(Migrations, MakeAnEmptyFileADatabase) {
  const auto connection = Open();
  EXPECT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_THAT(connection->Execute("read", "SELECT 1 FROM webhooks LIMIT 0"),
              IsOk());
}

TEST_F(Migrations, DoNothingTheSecondTime) {
  const auto connection = Open();
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_THAT(Migrate(*connection, sealer_), IsOk());
}

TEST_F(Migrations, LeaveWhatIsErasedAsItWas) {
  const auto connection = Open();
  const auto erased = [&] {
    return connection->Guarded("read", [&]() -> absl::StatusOr<int> {
      Statement row = connection->Prepared("PRAGMA secure_delete");
      row->executeStep();
      return row->getColumn(0).getInt();
    });
  };
  constexpr int kFast = 2;
  EXPECT_EQ(*erased(), kFast);
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_EQ(*erased(), kFast);
}

TEST_F(Migrations, RefuseADatabaseOfANewerVersion) {
  const auto connection = Open();
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  ASSERT_THAT(connection->Execute("age", "PRAGMA user_version = 999"), IsOk());
  EXPECT_THAT(Migrate(*connection, sealer_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(Migrations, RefuseTheDatabaseOfAnotherProgramAndLeaveItAsItIs) {
  ASSERT_THAT(Open()->Execute("make", "CREATE TABLE notes (x)"), IsOk());
  const std::string before = testing::ReadFile(folder_.Path("test.db"));
  EXPECT_THAT(Migrate(*Open(), sealer_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(testing::ReadFile(folder_.Path("test.db")), before);
}

// The database of tests/support/database_001.h, in a file.
class DatabaseOfVersion1 : public Migrations {
 protected:
  void SetUp() override {
    const auto connection = Open();
    ASSERT_EQ(sqlite3_exec(connection->handle(), testing::kDatabase001, nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
  }

  absl::StatusOr<std::unique_ptr<Store>> OpenIt() {
    return OpenStore(absl::StrCat("sqlite:", folder_.Path("test.db")),
                     testing::Always(),
                     [](absl::string_view, absl::string_view) {});
  }

  // All that lies on the disk.
  std::string Bytes() {
    std::string bytes;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path("."))) {
      bytes += testing::ReadFile(file.path().string());
    }
    return bytes;
  }

  const std::string project_ = "01a20c3b-6211-77b2-a67e-925869048751";
};

TEST_F(DatabaseOfVersion1, IsReadAsItWas) {
  const auto store = OpenIt();
  ASSERT_THAT(store, IsOk());
  const auto page = testing::Await<Page<v1::Webhook>>(
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
  const auto secrets = testing::Await<v1::WebhookSecrets>([&](auto done) {
    (*store)->GetSecrets(project_, second.id_webhook_endpoint(), absl::Now(),
                         {}, done);
  });
  ASSERT_THAT(secrets, IsOk());
  EXPECT_EQ(secrets->secrets(0).created_at().seconds(), 1795501550);
  EXPECT_EQ(secrets->secrets(0).created_at().nanos(), 69'000'000);
}

TEST_F(DatabaseOfVersion1, WorksOn) {
  const auto store = OpenIt();
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT(testing::CreateWebhook(**store, testing::MakeWebhook(project_)),
              IsOk());
  const auto project = testing::Await<v1::Project>(
      [&](auto done) { (*store)->GetProject(project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->webhook_count(), 3);
  EXPECT_TRUE(*testing::HadFirstProject(**store));
  const auto keys = testing::Await<Page<v1::ApiKey>>(
      [&](auto done) { (*store)->ListApiKeys(project_, {}, {}, done); });
  ASSERT_THAT(keys, IsOk());
  EXPECT_EQ(keys->records.size(), 1u);
}

TEST_F(DatabaseOfVersion1, KeepsNothingOfItsSecretsInTheClear) {
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  ASSERT_NE(Bytes().find(secret), std::string::npos);
  const auto store = OpenIt();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

// The log is as a start leaves it that is cut off once it has migrated.
TEST_F(DatabaseOfVersion1, KeepsNothingInTheClearInTheLogOfACutOffStart) {
  ASSERT_THAT(OpenIt(), IsOk());
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  {
    const auto connection = Open();
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
  const auto store = OpenIt();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

TEST_F(DatabaseOfVersion1, IsLeftAsItIsWithoutASecretKey) {
  const auto refused = OpenStore(
      absl::StrCat("sqlite:", folder_.Path("test.db")),
      [](bool) -> absl::StatusOr<SecretKeys> {
        return absl::PermissionDeniedError("no key");
      },
      [](absl::string_view, absl::string_view) {});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_NE(Bytes().find("KnYtJ91P8d81"), std::string::npos);
  EXPECT_THAT(OpenIt(), IsOk());
}

TEST_F(Migrations, RefuseADatabaseThatIsSealedUnderAnotherKey) {
  ASSERT_THAT(Migrate(*Open(), sealer_), IsOk());
  EXPECT_TRUE(*IsSealed(*Open()));
  EXPECT_THAT(Migrate(*Open(), Sealer({testing::TestKey(2)})),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      Migrate(*Open(), Sealer({testing::TestKey(2), testing::TestKey()})),
      IsOk());
}

}  // namespace
}  // namespace webhooks::sqlite
