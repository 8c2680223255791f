#include "storage/postgres/engine/migrations.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::postgres {
namespace {

using testing::IsOk;
using testing::PostgresCluster;

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
                         " DROP COLUMN started_at, DROP COLUMN leaving;"
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

}  // namespace
}  // namespace webhooks::postgres
