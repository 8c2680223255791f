#include "storage/postgres/engine/connection.h"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/sql/group_writer.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/status_matchers.h"

namespace webhooks::postgres {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::PostgresCluster;
using testing::StatusIs;

class PostgresConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::IsInstalled()) {
      GTEST_SKIP() << "PostgreSQL is not installed";
    }
    url_ = Cluster().CreateDatabase();
    server_->Set("me");
    PostgresCluster::Run(url_,
                         "CREATE SCHEMA webhooks;"
                         "CREATE TABLE webhooks.servers (id bytea PRIMARY KEY);"
                         "INSERT INTO webhooks.servers VALUES ('me');"
                         "CREATE TABLE webhooks.lanes"
                         " (id bytea PRIMARY KEY, server bytea, batch bigint);"
                         "CREATE TABLE webhooks.t (x int PRIMARY KEY, y int)");
    writer_ = std::make_unique<sql::GroupWriter>(Open(), observer_);
  }

  // Counts connections and transactions. Read it while no call is in progress.
  class Observer final : public StoreObserver {
   public:
    void TransactionRepeated(absl::string_view sqlstate) override {
      repeats.emplace_back(sqlstate);
    }
    void Reconnected() override { ++reconnects; }

    std::vector<std::string> repeats;
    int reconnects = 0;
  };

  std::unique_ptr<Connection> Open() {
    auto connection =
        Connection::Open(*ParseTarget(url_), Connection::Mode::kTransactions,
                         observer_, server_);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  absl::Status Run(sql::GroupWriter::Work work) {
    Pending<absl::Status> pending;
    writer_->Submit({}, std::move(work), pending.Completion());
    return pending.Get();
  }

  // Ends the sessions of all connections but this one.
  void Disconnect() {
    PostgresCluster::Run(
        url_,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'webhook-server'"
        " AND datname = current_database()");
  }

  std::string Rows() {
    return PostgresCluster::Run(url_, "SELECT count(*) FROM webhooks.t");
  }

  // Commits wait for a standby, which is not there, unless they say otherwise.
  static PostgresCluster& Cluster() {
    static PostgresCluster cluster({"-c", "synchronous_standby_names=x", "-c",
                                    "synchronous_commit=local"});
    return cluster;
  }

  std::string url_;
  Observer observer_;
  const std::shared_ptr<MemberId> server_ = std::make_shared<MemberId>();
  std::unique_ptr<sql::GroupWriter> writer_;
};

TEST_F(PostgresConnectionTest, ConnectsAgainForTheNextTransaction) {
  const auto insert = [](sql::Connection& connection) {
    return connection.Execute("insert", "INSERT INTO t VALUES (1, 1)");
  };
  EXPECT_EQ(observer_.reconnects, 0);
  Disconnect();
  EXPECT_THAT(Run(insert), IsOk());
  EXPECT_EQ(Rows(), "1");
  EXPECT_EQ(observer_.reconnects, 1);
}

TEST_F(PostgresConnectionTest, RunsATransactionAgainThatLostItsConnection) {
  int runs = 0;
  EXPECT_THAT(Run([&](sql::Connection& connection) {
                if (++runs == 1) {
                  connection.Execute("insert", "INSERT INTO t VALUES (1, 1)")
                      .IgnoreError();
                  Disconnect();
                }
                return connection.Execute("insert",
                                          "INSERT INTO t VALUES (2, 1)");
              }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Rows(), "1");
}

TEST_F(PostgresConnectionTest,
       RunsATransactionAgainThatWasLostBeforeItsCommit) {
  int runs = 0;
  EXPECT_THAT(Run([&](sql::Connection& connection) {
                absl::Status inserted =
                    connection.Execute("insert", "INSERT INTO t VALUES (1, 1)");
                if (++runs == 1) Disconnect();
                return inserted;
              }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Rows(), "1");
}

TEST_F(PostgresConnectionTest,
       RunsATransactionAgainThatAnotherOneHasOvertaken) {
  PostgresCluster::Run(url_, "INSERT INTO webhooks.t VALUES (1, 0)");
  int runs = 0;
  EXPECT_THAT(Run([&](sql::Connection& connection) {
                return connection.Guarded("add", [&]() -> absl::Status {
                  sql::Statement row =
                      connection.Prepared("SELECT y FROM t WHERE x = 1");
                  row.Step();
                  const std::int64_t y = row.Int64(0);
                  if (++runs == 1) {
                    PostgresCluster::Run(url_, "UPDATE webhooks.t SET y = 10");
                  }
                  sql::Statement update =
                      connection.Prepared("UPDATE t SET y = ? WHERE x = 1");
                  update.Bind(1, y + 1);
                  update.Execute();
                  return absl::OkStatus();
                });
              }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(PostgresCluster::Run(url_, "SELECT y FROM webhooks.t"), "11");
  EXPECT_THAT(observer_.repeats, ElementsAre("40001"));
}

TEST_F(PostgresConnectionTest, RunsAgainWhereARowIsNotThereAsExpected) {
  PostgresCluster::Run(url_, "INSERT INTO webhooks.t VALUES (1, 0)");
  const auto add = [](int x, std::vector<bool>& found) {
    return [x, &found](sql::Connection& connection) {
      return connection.Guarded("add", [&]() -> absl::Status {
        sql::Statement update =
            connection.Prepared("UPDATE t SET y = y + 1 WHERE x = ?");
        update.Bind(1, x);
        found.push_back(update.ExecuteOnOne());
        return absl::OkStatus();
      });
    };
  };
  std::vector<bool> there;
  EXPECT_THAT(Run(add(1, there)), IsOk());
  EXPECT_THAT(there, ::testing::ElementsAre(true));
  std::vector<bool> missing;
  EXPECT_THAT(Run(add(2, missing)), IsOk());
  EXPECT_THAT(missing, ::testing::ElementsAre(true, false));
  EXPECT_EQ(PostgresCluster::Run(url_, "SELECT y FROM webhooks.t"), "1");
}

TEST_F(PostgresConnectionTest, RollsBackWhatAFailedCallHasWritten) {
  EXPECT_THAT(Run([](sql::Connection& connection) {
                connection.Execute("insert", "INSERT INTO t VALUES (1, 1)")
                    .IgnoreError();
                return connection.Execute("fail", "SELECT 1 / 0");
              }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Rows(), "0");
  EXPECT_THAT(Run([](sql::Connection& connection) {
                return connection.Execute("insert",
                                          "INSERT INTO t VALUES (1, 1)");
              }),
              IsOk());
}

// Its commit waits for a standby that does not exist, and its session is ended
// meanwhile.
TEST_F(PostgresConnectionTest,
       KnowsThatATransactionIsCommittedWhoseAnswerIsLost) {
  int runs = 0;
  Pending<absl::Status> committed;
  writer_->Submit(
      {},
      [&](sql::Connection& connection) {
        ++runs;
        connection.Execute("wait", "SET LOCAL synchronous_commit = on")
            .IgnoreError();
        return connection.Execute("insert", "INSERT INTO t VALUES (1, 1)");
      },
      committed.Completion());
  const std::string waiting =
      " FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
  while (PostgresCluster::Run(url_, "SELECT count(*)" + waiting) == "0") {
    std::this_thread::yield();
  }
  PostgresCluster::Run(url_,
                       "SELECT pg_terminate_backend(pid, 5000)" + waiting);
  EXPECT_THAT(committed.Get(), IsOk());
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(Rows(), "1");
}

TEST_F(PostgresConnectionTest, FailsATransactionOfAServerThatWasDeclaredDead) {
  EXPECT_THAT(Run([&](sql::Connection& connection) {
                absl::Status inserted =
                    connection.Execute("insert", "INSERT INTO t VALUES (1, 1)");
                PostgresCluster::Run(url_,
                                     "DELETE FROM webhooks.servers;"
                                     "DELETE FROM webhooks.lanes");
                return inserted;
              }),
              StatusIs(absl::StatusCode::kUnavailable, "STORAGE_UNAVAILABLE"));
  EXPECT_EQ(Rows(), "0");
  PostgresCluster::Run(url_, "INSERT INTO webhooks.servers VALUES ('again')");
  server_->Set("again");
  EXPECT_THAT(Run([](sql::Connection& connection) {
                return connection.Execute("insert",
                                          "INSERT INTO t VALUES (1, 1)");
              }),
              IsOk());
}

// Both calls wait for the first one, and share a transaction.
TEST_F(PostgresConnectionTest, RunsNoWorkOnTheThreadOfACaller) {
  CallOptions options;
  options.may_block = true;
  std::thread::id thread;
  Pending<absl::Status> done;
  writer_->Submit(
      options,
      [&](sql::Connection&) {
        thread = std::this_thread::get_id();
        return absl::OkStatus();
      },
      done.Completion());
  EXPECT_THAT(done.Get(), IsOk());
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(PostgresConnectionTest, AFailedCallLeavesTheOthersOfItsTransaction) {
  absl::Notification release;
  writer_->Submit(
      {},
      [&](sql::Connection&) {
        release.WaitForNotification();
        return absl::OkStatus();
      },
      [](const absl::Status&) {});
  const auto insert = [](int x) {
    return [x](sql::Connection& connection) {
      return connection.Execute(
          "insert", absl::StrCat("INSERT INTO t VALUES (", x, ", 1)"));
    };
  };
  Pending<absl::Status> before;
  Pending<absl::Status> failed;
  Pending<absl::Status> after;
  writer_->Submit({}, insert(1), before.Completion());
  writer_->Submit(
      {},
      [&](sql::Connection& connection) {
        insert(2)(connection).IgnoreError();
        return absl::NotFoundError("");
      },
      failed.Completion());
  writer_->Submit({}, insert(3), after.Completion());
  release.Notify();
  EXPECT_THAT(before.Get(), IsOk());
  EXPECT_THAT(failed.Get(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(after.Get(), IsOk());
  EXPECT_EQ(PostgresCluster::Run(url_,
                                 "SELECT string_agg(x::text, ' ' ORDER BY x)"
                                 " FROM webhooks.t"),
            "1 3");
  EXPECT_THAT(observer_.repeats, ElementsAre(""));
}

TEST_F(PostgresConnectionTest, StreamsMoreRowsThanOneFetchHas) {
  PostgresCluster::Run(
      url_,
      "INSERT INTO webhooks.t SELECT n, n FROM generate_series(1, 5000) n");
  const auto reader =
      Connection::Open(*ParseTarget(url_), Connection::Mode::kStatements);
  ASSERT_THAT(reader, IsOk());
  for (const int stop : {5000, 101, 3}) {
    std::int64_t sum = 0;
    EXPECT_THAT((*reader)->Guarded(
                    "read",
                    [&]() -> absl::Status {
                      sql::Statement row =
                          (*reader)->Streamed("SELECT y FROM t ORDER BY y");
                      for (int i = 0; i < stop && row.Step(); ++i) {
                        sum += row.Int64(0);
                      }
                      return absl::OkStatus();
                    }),
                IsOk());
    EXPECT_EQ(sum, std::int64_t{stop} * (stop + 1) / 2);
  }
}

TEST_F(PostgresConnectionTest, ReadsNegativeNumbersTruthAndEmptyBytes) {
  const auto reader =
      Connection::Open(*ParseTarget(url_), Connection::Mode::kStatements);
  EXPECT_THAT((*reader)->Guarded(
                  "read",
                  [&]() -> absl::Status {
                    sql::Statement row = (*reader)->Prepared(
                        "SELECT -1::bigint, -2::smallint, true, ?, ?, NULL");
                    row.cursor().BindBytes(1, "");
                    row.Bind(2, INT64_MIN);
                    EXPECT_TRUE(row.Step());
                    EXPECT_EQ(row.Int64(0), -1);
                    EXPECT_EQ(row.Int(1), -2);
                    EXPECT_EQ(row.Int(2), 1);
                    EXPECT_FALSE(row.IsNull(3));
                    EXPECT_EQ(row.cursor().Bytes(3), "");
                    EXPECT_EQ(row.Int64(4), INT64_MIN);
                    EXPECT_TRUE(row.IsNull(5));
                    EXPECT_FALSE(row.Step());
                    return absl::OkStatus();
                  }),
              IsOk());
}

}  // namespace
}  // namespace webhooks::postgres
