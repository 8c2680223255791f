#include "storage/postgres/engine/migrations.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/postgres/engine/target.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::postgres {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::PostgresCluster;
using testing::StatusIs;

class PostgresMigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::IsInstalled()) {
      GTEST_SKIP() << "PostgreSQL is not installed";
    }
    url_ = PostgresCluster::Shared().CreateDatabase();
  }

  // Takes back what the migrations after 001 have done.
  void ReturnToVersion1() {
    PostgresCluster::Run(url_,
                         "ALTER TABLE webhooks.servers DROP COLUMN version,"
                         " DROP COLUMN started_at, DROP COLUMN leaving,"
                         " DROP COLUMN schema, DROP COLUMN beat_interval;"
                         "DELETE FROM webhooks.schema_version"
                         " WHERE version > 1");
  }

  std::string url_;
};

TEST_F(PostgresMigrationsTest, OpenAnOldDatabaseWithEverythingThatItHad) {
  const testing::ProjectAndKey made = testing::MakeProject();
  {
    auto store = OpenStore(url_, testing::Always());
    ASSERT_THAT(store, IsOk());
    ASSERT_THAT(
        testing::CreateProject(**store, made.project, made.key, made.hash),
        IsOk());
  }
  ReturnToVersion1();
  // A server of the old version runs.
  PostgresCluster::Run(url_,
                       "INSERT INTO webhooks.servers VALUES"
                       " (decode(repeat('0', 32), 'hex'), 'old', 7, 1)");
  auto store = OpenStore(url_, testing::Always());
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT(testing::FindApiKey(**store, made.hash), IsOk());
  EXPECT_EQ(testing::ListServers(**store)->size(), 2u);
  // It goes on.
  PostgresCluster::Run(url_, "UPDATE webhooks.servers SET beat = beat + 1");
  EXPECT_EQ(PostgresCluster::Run(
                url_, "SELECT max(version) FROM webhooks.schema_version"),
            absl::StrCat(NewestSchemaVersion()));
}

// Programs of the next version, which adds a table and removes another one.
class NextVersionTest : public PostgresMigrationsTest {
 protected:
  void SetUp() override {
    PostgresMigrationsTest::SetUp();
    if (IsSkipped()) return;
    for (const Migration& one : AllMigrations()) next_.push_back(one);
    next_.push_back({NewestSchemaVersion() + 1, "next",
                     "CREATE TABLE added (id int);\n"
                     "-- Contracts\n"
                     "CREATE TABLE contracted (id int)"});
  }

  std::unique_ptr<Connection> Connect() {
    auto connection =
        Connection::Open(*ParseTarget(url_), Connection::Mode::kStatements);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  bool HasTable(const std::string& name) {
    return PostgresCluster::Run(
               url_, absl::StrCat("SELECT 1 WHERE to_regclass('webhooks.", name,
                                  "') IS NOT NULL")) == "1";
  }

  // A server of the next version joins.
  void InsertNextServer() {
    PostgresCluster::Run(
        url_, absl::StrCat("INSERT INTO webhooks.servers"
                           " (id, name, beat, delivers, schema) VALUES"
                           " (decode(repeat('f', 32), 'hex'), 'next', 0, 0, ",
                           NewestSchemaVersion(next_), ")"));
  }

  std::vector<Migration> next_;
};

TEST_F(NextVersionTest, ServersOfTheVersionBeforeServeAndStart) {
  auto store = OpenStore(url_, testing::Always());
  ASSERT_THAT(store, IsOk());
  const auto connection = Connect();
  ASSERT_THAT(Migrate(*connection, Sealer({testing::TestKey()}), next_),
              IsOk());
  EXPECT_TRUE(HasTable("added"));
  InsertNextServer();
  ASSERT_THAT(Contract(*connection, next_), IsOk());
  EXPECT_FALSE(HasTable("contracted"));
  const testing::ProjectAndKey made = testing::MakeProject();
  EXPECT_THAT(
      testing::CreateProject(**store, made.project, made.key, made.hash),
      IsOk());
  EXPECT_THAT(OpenStore(url_, testing::Always()), IsOk());
}

TEST_F(NextVersionTest, TheSchemaIsContractedWhenAllServersAreNew) {
  ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  const auto connection = Connect();
  ASSERT_THAT(Migrate(*connection, Sealer({testing::TestKey()}), next_),
              IsOk());
  InsertNextServer();
  ASSERT_THAT(Contract(*connection, next_), IsOk());
  EXPECT_TRUE(HasTable("contracted"));
  // Once.
  EXPECT_THAT(Contract(*connection, next_), IsOk());
  EXPECT_THAT(ReadSchemaVersion(*connection, next_), IsOk());
  const auto old = OpenStore(url_, testing::Always());
  EXPECT_THAT(old, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(old.status().message(),
              HasSubstr("the database needs programs that know version"));
}

}  // namespace
}  // namespace webhooks::postgres
