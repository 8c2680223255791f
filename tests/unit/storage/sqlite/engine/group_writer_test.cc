#include "storage/sqlite/engine/group_writer.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/disk_faults.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::sqlite {
namespace {

using testing::IsOk;
using testing::StatusIs;

// Counts the events that it receives. Thread-safe.
class FakeObserver final : public StoreObserver {
 public:
  void WaitingChanged(Kind kind, int change) override {
    EXPECT_EQ(kind, Kind::kWrite);
    waiting += change;
  }
  void CallEnded(Kind, absl::Duration) override { ++ended; }
  void Committed(int calls, absl::Duration) override {
    absl::MutexLock lock(&mutex_);
    batches_.push_back(calls);
  }
  void Checkpointed(absl::Duration) override { ++checkpoints; }
  void LogChanged(std::int64_t bytes) override {
    log_bytes = bytes;
    most_log_bytes = std::max<std::int64_t>(most_log_bytes, bytes);
  }

  std::vector<int> batches() const {
    absl::MutexLock lock(&mutex_);
    return batches_;
  }

  std::atomic<int> waiting = 0;
  std::atomic<int> ended = 0;
  std::atomic<int> checkpoints = 0;
  std::atomic<std::int64_t> log_bytes = 0;
  std::atomic<std::int64_t> most_log_bytes = 0;

 private:
  mutable absl::Mutex mutex_;
  std::vector<int> batches_ ABSL_GUARDED_BY(mutex_);
};

class GroupWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto connection =
        Connection::Open(folder_.Path("test.db"), Connection::Mode::kWrite);
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT((*connection)->UseWriteAheadLog(), IsOk());
    ASSERT_THAT((*connection)->Execute("make", "CREATE TABLE t (x UNIQUE)"),
                IsOk());
    writer_ = std::make_unique<GroupWriter>(
        *std::move(connection), observer_,
        [this](const Connection&) {
          return may_commit_ ? absl::OkStatus() : absl::UnavailableError("");
        },
        [this] { return elapsed_.load(); });
  }

  static GroupWriter::Work Insert(int value) {
    return [value](Connection& connection) {
      return connection.Execute(
          "insert", absl::StrCat("INSERT INTO t VALUES (", value, ")"));
    };
  }

  absl::Status Run(GroupWriter::Work work) {
    Pending<absl::Status> pending;
    writer_->Submit({}, std::move(work), pending.Completion());
    return pending.Get();
  }

  // Returns the number of rows in the table.
  int Count() {
    int count = 0;
    EXPECT_THAT(Run([&count](Connection& connection) {
                  return connection.Guarded("count", [&]() -> absl::Status {
                    Statement row =
                        connection.Prepared("SELECT count(*) FROM t");
                    row->executeStep();
                    count = row->getColumn(0).getInt();
                    return absl::OkStatus();
                  });
                }),
                IsOk());
    return count;
  }

  // Keeps the writer busy until the notification, so that calls that are
  // submitted meanwhile wait together.
  void Hold(absl::Notification& release) {
    absl::Notification held;
    writer_->Submit(
        {},
        [&](Connection&) {
          held.Notify();
          release.WaitForNotification();
          return absl::OkStatus();
        },
        [](const absl::Status&) {});
    held.WaitForNotification();
  }

  testing::TempFolder folder_;
  std::atomic<bool> may_commit_ = true;
  std::atomic<absl::Duration> elapsed_ = absl::ZeroDuration();
  FakeObserver observer_;
  std::unique_ptr<GroupWriter> writer_;
};

TEST_F(GroupWriterTest, WaitingCallsShareOneSync) {
  ASSERT_THAT(Run(Insert(-1)), IsOk());
  absl::Notification release;
  Hold(release);
  constexpr int kCalls = 100;
  std::vector<Pending<absl::Status>> pending(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    writer_->Submit({}, Insert(i), pending[i].Completion());
  }
  const int before = testing::FsyncCount();
  release.Notify();
  for (auto& one : pending) EXPECT_THAT(one.Get(), IsOk());
  EXPECT_EQ(testing::FsyncCount() - before, 1);
}

TEST_F(GroupWriterTest, ReportsTheCallsOfATransaction) {
  absl::Notification release;
  Hold(release);
  std::vector<Pending<absl::Status>> calls(7);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    writer_->Submit({}, Insert(static_cast<int>(i)), calls[i].Completion());
  }
  EXPECT_EQ(observer_.waiting, 7);
  release.Notify();
  for (auto& call : calls) EXPECT_THAT(call.Get(), IsOk());
  EXPECT_EQ(observer_.waiting, 0);
  EXPECT_EQ(observer_.ended, 8);
  EXPECT_THAT(observer_.batches(), ::testing::ElementsAre(1, 7));
  EXPECT_GT(observer_.log_bytes, 0);
}

TEST_F(GroupWriterTest, ReportsCheckpointsAndTheLog) {
  const auto grow = [](Connection& connection) {
    return connection.Execute("grow",
                              "INSERT INTO t SELECT randomblob(5000000)");
  };
  EXPECT_THAT(Run(grow), IsOk());
  writer_.reset();
  EXPECT_EQ(observer_.checkpoints, 1);
  EXPECT_GT(observer_.most_log_bytes, 5'000'000);
  EXPECT_EQ(observer_.log_bytes, 0);
}

TEST_F(GroupWriterTest, ReportsTheLogThatAReaderKeeps) {
  ASSERT_THAT(Run(Insert(1)), IsOk());
  SQLite::Database reader(folder_.Path("test.db"));
  SQLite::Statement reads(reader, "SELECT x FROM t");
  ASSERT_TRUE(reads.executeStep());
  EXPECT_THAT(Run([](Connection& connection) {
                return connection.Execute(
                    "grow", "INSERT INTO t SELECT randomblob(5000000)");
              }),
              IsOk());
  writer_.reset();
  EXPECT_EQ(observer_.checkpoints, 1);
  EXPECT_GT(observer_.log_bytes, 4'000'000);
}

TEST_F(GroupWriterTest, AnOperationOfSeveralStepsFailsAsAWhole) {
  ASSERT_THAT(Run(Insert(1)), IsOk());
  EXPECT_THAT(Run([](Connection& connection) {
                absl::Status status = Insert(2)(connection);
                return status.ok() ? Insert(1)(connection) : status;
              }),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Count(), 1);
}

TEST_F(GroupWriterTest, AnOperationThatCannotBeRolledBackLeavesTheOthers) {
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> neighbour;
  Pending<absl::Status> broken;
  writer_->Submit({}, Insert(1), neighbour.Completion());
  writer_->Submit(
      {},
      [](Connection& connection) {
        EXPECT_THAT(Insert(2)(connection), IsOk());
        // Removes the savepoint, which the rollback needs.
        EXPECT_THAT(connection.Execute("spoil", "RELEASE operation"), IsOk());
        return absl::InternalError("failed half-way");
      },
      broken.Completion());
  release.Notify();
  EXPECT_THAT(neighbour.Get(), IsOk());
  EXPECT_THAT(broken.Get(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Count(), 1);
}

// SQLite rolls back a transaction like this when the disk is full.
TEST_F(GroupWriterTest, CallsOfALostTransactionRunAgainAlone) {
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> first;
  Pending<absl::Status> large;
  Pending<absl::Status> last;
  writer_->Submit({}, Insert(1), first.Completion());
  writer_->Submit(
      {},
      [](Connection& connection) {
        EXPECT_THAT(connection.Execute("undo all", "ROLLBACK"), IsOk());
        return absl::ResourceExhaustedError("no room");
      },
      large.Completion());
  writer_->Submit({}, Insert(3), last.Completion());
  release.Notify();
  EXPECT_THAT(first.Get(), IsOk());
  EXPECT_THAT(large.Get(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(last.Get(), IsOk());
  EXPECT_EQ(Count(), 2);
}

TEST_F(GroupWriterTest, NoCallRunsOutsideATransaction) {
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> undoing;
  Pending<absl::Status> next;
  int runs = 0;
  writer_->Submit(
      {},
      [](Connection& connection) {
        return connection.Execute("undo all", "ROLLBACK");
      },
      undoing.Completion());
  writer_->Submit(
      {},
      [&](Connection& connection) {
        ++runs;
        return Insert(1)(connection);
      },
      next.Completion());
  release.Notify();
  EXPECT_THAT(next.Get(), IsOk());
  EXPECT_EQ(runs, 1);
}

TEST_F(GroupWriterTest, ACallThatFillsTheDiskLeavesTheOthers) {
  // Less than the large call needs.
  ASSERT_THAT(
      Run([](Connection& connection) { return connection.LimitSize(100'000); }),
      IsOk());
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> small;
  Pending<absl::Status> large;
  writer_->Submit({}, Insert(1), small.Completion());
  writer_->Submit(
      {},
      [](Connection& connection) {
        return connection.Execute("fill",
                                  "INSERT INTO t VALUES (randomblob(1000000))");
      },
      large.Completion());
  release.Notify();
  EXPECT_THAT(small.Get(), IsOk());
  EXPECT_THAT(large.Get(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(Count(), 1);
}

TEST_F(GroupWriterTest, ATransactionEndsWhenItsTimeIsUsed) {
  absl::Notification release;
  Hold(release);
  std::vector<Pending<absl::Status>> calls(3);
  for (auto& call : calls) {
    writer_->Submit(
        {},
        [this](Connection&) {
          elapsed_ = elapsed_.load() + absl::Milliseconds(30);
          return absl::OkStatus();
        },
        call.Completion());
  }
  release.Notify();
  for (auto& call : calls) EXPECT_THAT(call.Get(), IsOk());
  EXPECT_THAT(observer_.batches(), ::testing::ElementsAre(1, 2, 1));
}

TEST_F(GroupWriterTest, LongWorkHasATransactionOfItsOwn) {
  absl::Notification release;
  Hold(release);
  std::vector<Pending<absl::Status>> calls(4);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    writer_->Submit(
        {}, Insert(static_cast<int>(i)), calls[i].Completion(),
        GroupWriter::kSmallCall,
        i == 2 ? GroupWriter::Length::kLong : GroupWriter::Length::kShort);
  }
  release.Notify();
  for (auto& call : calls) EXPECT_THAT(call.Get(), IsOk());
  EXPECT_THAT(observer_.batches(), ::testing::ElementsAre(1, 2, 1, 1));
}

TEST_F(GroupWriterTest, ALoneCallThatMayBlockRunsOnItsCallersThread) {
  std::thread::id ran_on;
  absl::Status outcome = absl::UnknownError("not done");
  writer_->Submit(
      {.may_block = true},
      [&](Connection& connection) {
        ran_on = std::this_thread::get_id();
        return Insert(1)(connection);
      },
      [&](absl::Status status) { outcome = std::move(status); });
  EXPECT_THAT(outcome, IsOk());
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(observer_.waiting, 0);
}

TEST_F(GroupWriterTest, ALostTransactionIsNotReportedAsCommitted) {
  const auto lose = [](Connection& connection) {
    Insert(1)(connection).IgnoreError();
    return connection.Execute("lose", "ROLLBACK");
  };
  EXPECT_THAT(Run(lose), StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Count(), 0);
}

TEST_F(GroupWriterTest, ALargeCallDoesNotRunOnItsCallersThread) {
  std::thread::id ran_on;
  Pending<absl::Status> pending;
  writer_->Submit(
      {.may_block = true},
      [&](Connection&) {
        ran_on = std::this_thread::get_id();
        return absl::OkStatus();
      },
      pending.Completion(), /*bytes=*/1 << 20);
  EXPECT_THAT(pending.Get(), IsOk());
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST_F(GroupWriterTest, ACallThatMayBlockWaitsForOthers) {
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> first;
  Pending<absl::Status> second;
  std::vector<int> order;
  const auto note = [&order](int number) {
    return [&order, number](Connection&) {
      order.push_back(number);
      return absl::OkStatus();
    };
  };
  writer_->Submit({}, note(1), first.Completion());
  writer_->Submit({.may_block = true}, note(2), second.Completion());
  release.Notify();
  EXPECT_THAT(first.Get(), IsOk());
  EXPECT_THAT(second.Get(), IsOk());
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2));
}

TEST_F(GroupWriterTest, ACallThatMayBlockFailsAlone) {
  // The writer has had no call, so that nothing keeps these from this thread.
  std::vector<absl::Status> outcomes;
  for (int i = 0; i < 2; ++i) {
    writer_->Submit({.may_block = true}, Insert(1), [&](absl::Status status) {
      outcomes.push_back(std::move(status));
    });
  }
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_THAT(outcomes[0], IsOk());
  EXPECT_FALSE(outcomes[1].ok());
  EXPECT_THAT(Run(Insert(2)), IsOk());
  EXPECT_EQ(Count(), 2);
}

TEST_F(GroupWriterTest, CallsThatMayBlockLeaveCheckpointsToTheWriter) {
  for (int i = 0; observer_.checkpoints == 0; ++i) {
    ASSERT_LT(i, 10'000);
    Pending<absl::Status> pending;
    writer_->Submit(
        {.may_block = true},
        [i](Connection& connection) {
          return connection.Execute(
              absl::StrCat("insert ", i),
              "INSERT INTO t VALUES (randomblob(100000))");
        },
        pending.Completion());
    ASSERT_THAT(pending.Get(), IsOk());
  }
}

TEST_F(GroupWriterTest, NothingIsCommittedIfTheCheckFails) {
  may_commit_ = false;
  EXPECT_THAT(Run(Insert(1)), StatusIs(absl::StatusCode::kUnavailable));
  may_commit_ = true;
  EXPECT_THAT(Run([this](Connection& connection) {
                absl::Status status = Insert(2)(connection);
                may_commit_ = false;
                return status;
              }),
              StatusIs(absl::StatusCode::kUnavailable));
  may_commit_ = true;
  EXPECT_EQ(Count(), 0);
}

TEST_F(GroupWriterTest, IsFailingUntilAWriteSucceeds) {
  const auto is_failing = [this] {
    bool failing = false;
    EXPECT_THAT(Run([&](Connection&) {
                  failing = writer_->is_failing();
                  return absl::OkStatus();
                }),
                IsOk());
    return failing;
  };
  testing::FillDisk();
  EXPECT_THAT(Run(Insert(1)), StatusIs(absl::StatusCode::kResourceExhausted));
  testing::MendDisk();
  EXPECT_TRUE(is_failing());
  EXPECT_TRUE(is_failing());
  EXPECT_THAT(Run(Insert(1)), IsOk());
  EXPECT_FALSE(is_failing());
}

TEST_F(GroupWriterTest, AFailedOperationLeavesTheOthers) {
  ASSERT_THAT(Run(Insert(1)), IsOk());
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> good;
  Pending<absl::Status> bad;
  Pending<absl::Status> later;
  writer_->Submit({}, Insert(2), good.Completion());
  writer_->Submit({}, Insert(1), bad.Completion());
  writer_->Submit({}, Insert(3), later.Completion());
  release.Notify();
  EXPECT_THAT(good.Get(), IsOk());
  EXPECT_THAT(bad.Get(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(later.Get(), IsOk());
  EXPECT_EQ(Count(), 3);
}

TEST_F(GroupWriterTest, AFailedCommitFailsEveryCall) {
  absl::Notification release;
  Hold(release);
  std::vector<Pending<absl::Status>> pending(10);
  for (int i = 0; i < 10; ++i) {
    writer_->Submit({}, Insert(i), pending[i].Completion());
  }
  testing::FillDisk();
  release.Notify();
  for (auto& one : pending) {
    EXPECT_THAT(one.Get(), StatusIs(absl::StatusCode::kResourceExhausted));
  }
  testing::MendDisk();
  EXPECT_EQ(Count(), 0);
}

TEST_F(GroupWriterTest, ACallIsRefusedAtOnceIfTheQueueIsFull) {
  absl::Notification release;
  Hold(release);
  int accepted = 0;
  absl::Status refusal;
  while (refusal.ok()) {
    writer_->Submit({}, Insert(accepted), [&](const absl::Status& status) {
      if (absl::IsResourceExhausted(status)) refusal = status;
    });
    ++accepted;
  }
  EXPECT_THAT(refusal,
              StatusIs(absl::StatusCode::kResourceExhausted, "STORAGE_BUSY"));
  release.Notify();
  writer_.reset();
}

}  // namespace
}  // namespace webhooks::sqlite
