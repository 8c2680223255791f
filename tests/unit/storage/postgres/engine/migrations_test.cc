#include "storage/postgres/engine/migrations.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/postgres/engine/target.h"
#include "tests/support/eventually.h"
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

  // Returns true if a session waits for a lock.
  bool HasBlockedSession() {
    return PostgresCluster::Run(url_,
                                "SELECT 1 FROM pg_locks"
                                " WHERE NOT granted LIMIT 1") == "1";
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

TEST_F(PostgresMigrationsTest, ASchemaThatAnotherServerCreatesIsNotForeign) {
  const auto connection =
      Connection::Open(*ParseTarget(url_), Connection::Mode::kStatements);
  ASSERT_THAT(connection, IsOk());
  std::atomic<bool> ends = false;
  std::thread other([&] {
    PostgresCluster::Run(
        url_,
        "DO $$ BEGIN FOR i IN 1..300 LOOP CREATE SCHEMA webhooks;"
        " CREATE TABLE webhooks.schema_version"
        " (version int, is_contracted boolean); COMMIT;"
        " DROP SCHEMA webhooks CASCADE; COMMIT; END LOOP; END $$");
    ends = true;
  });
  while (!ends) {
    EXPECT_FALSE(
        absl::IsFailedPrecondition(ReadSchemaVersion(**connection).status()));
  }
  other.join();
}

// Both see an empty database.
TEST_F(PostgresMigrationsTest, OneOfTwoServersThatStartAtOnceMakesTheKey) {
  const auto connect = [&] {
    auto connection =
        Connection::Open(*ParseTarget(url_), Connection::Mode::kStatements);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  };
  const auto first = connect();
  const auto second = connect();
  const Sealer sealer({testing::TestKey()});
  std::vector<bool> must_exist;
  std::thread starting;
  const auto make_key = [&](bool) -> absl::StatusOr<const Sealer*> {
    starting = std::thread([&] {
      EXPECT_THAT(Migrate(*second,
                          [&](bool must) -> absl::StatusOr<const Sealer*> {
                            must_exist.push_back(must);
                            return absl::NotFoundError("no key file");
                          }),
                  StatusIs(absl::StatusCode::kNotFound));
    });
    EXPECT_TRUE(testing::Eventually([&] { return HasBlockedSession(); }));
    return &sealer;
  };
  EXPECT_THAT(Migrate(*first, make_key), IsOk());
  starting.join();
  EXPECT_THAT(must_exist, ::testing::ElementsAre(true));
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

  std::unique_ptr<Connection> Connect(
      StoreObserver& observer = StoreObserver::None()) {
    auto connection = Connection::Open(*ParseTarget(url_),
                                       Connection::Mode::kStatements, observer);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  absl::Status MigrateToNext(Connection& connection) {
    const Sealer sealer({testing::TestKey()});
    return Migrate(
        connection, [&](bool) { return &sealer; }, next_);
  }

  // Runs a statement in a transaction that stays open.
  void BeginWith(Connection& connection, const std::string& statement) {
    ASSERT_THAT(connection.Begin(), IsOk());
    ASSERT_THAT(connection.Execute("test", statement), IsOk());
    // Statements without a result are sent with one that has a result.
    ASSERT_THAT(connection.Guarded("test",
                                   [&] {
                                     connection.Prepared("SELECT 1").Step();
                                     return absl::OkStatus();
                                   }),
                IsOk());
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
  ASSERT_THAT(MigrateToNext(*connection), IsOk());
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

// Counts the faults that it is told of.
class FaultCounter final : public StoreObserver {
 public:
  void Faulted(absl::string_view, absl::string_view) override { ++faults_; }
  int faults() const { return faults_; }

 private:
  std::atomic<int> faults_ = 0;
};

TEST_F(NextVersionTest, AServerThatJoinsDuringTheContractionIsNoFault) {
  ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  FaultCounter faults;
  const auto connection = Connect(faults);
  ASSERT_THAT(MigrateToNext(*connection), IsOk());
  // A server of the version before has joined, and is about to commit.
  const auto joining = Connect();
  BeginWith(*joining,
            "INSERT INTO servers (id, name, beat, delivers, schema)"
            " VALUES (decode(repeat('f', 32), 'hex'), 'old', 0, 0, 1)");
  absl::Status contracted;
  std::thread contracting([&] { contracted = Contract(*connection, next_); });
  EXPECT_TRUE(testing::Eventually([&] { return HasBlockedSession(); }));
  EXPECT_THAT(joining->Commit(), IsOk());
  contracting.join();
  EXPECT_FALSE(contracted.ok());
  EXPECT_FALSE(HasTable("contracted"));
  EXPECT_EQ(faults.faults(), 0);
}

TEST_F(NextVersionTest, ATableThatIsLockedDuringTheContractionIsNoFault) {
  ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  FaultCounter faults;
  const auto connection = Connect(faults);
  ASSERT_THAT(MigrateToNext(*connection), IsOk());
  const auto other = Connect();
  // Reads of it go on.
  BeginWith(*other, "LOCK TABLE servers IN SHARE MODE");
  EXPECT_FALSE(Contract(*connection, next_).ok());
  EXPECT_EQ(faults.faults(), 0);
  other->RollBack();
  EXPECT_THAT(Contract(*connection, next_), IsOk());
}

TEST_F(NextVersionTest, TheSchemaIsContractedWhenAllServersAreNew) {
  ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  const auto connection = Connect();
  ASSERT_THAT(MigrateToNext(*connection), IsOk());
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
