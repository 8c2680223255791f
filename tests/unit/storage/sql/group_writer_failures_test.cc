#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/sql/group_writer.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/disk_faults.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/storage/sql/group_writer_fixture.h"

// Tests calls of a GroupWriter of which some fail.
namespace webhooks::sql {
namespace {

using testing::IsOk;
using testing::StatusIs;

TEST_F(GroupWriterTest, AnOperationOfSeveralStepsFailsAsAWhole) {
  ASSERT_THAT(Run(Insert(1)), IsOk());
  EXPECT_THAT(Run([](Connection& connection) {
                absl::Status status = Insert(2)(connection);
                return status.ok() ? Insert(1)(connection) : status;
              }),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Count(), 1);
}

TEST_F(GroupWriterTest, OthersKeepWhatACallThatFailsAfterAChangeLoses) {
  absl::Notification release;
  Hold(release);
  Pending<absl::Status> before;
  Pending<absl::Status> failed;
  Pending<absl::Status> after;
  writer_->Submit({}, Insert(1), before.Completion());
  writer_->Submit(
      {},
      [](Connection& connection) {
        EXPECT_THAT(Insert(2)(connection), IsOk());
        return absl::NotFoundError("");
      },
      failed.Completion());
  writer_->Submit({}, Insert(3), after.Completion());
  release.Notify();
  EXPECT_THAT(before.Get(), IsOk());
  EXPECT_THAT(failed.Get(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(after.Get(), IsOk());
  EXPECT_EQ(Count(), 2);
}

TEST_F(GroupWriterTest, ACallThatFailsWithoutAChangeMakesNoOtherRunAgain) {
  absl::Notification release;
  Hold(release);
  int runs = 0;
  Pending<absl::Status> counted;
  Pending<absl::Status> failed;
  writer_->Submit(
      {},
      [&](Connection& connection) {
        ++runs;
        return Insert(1)(connection);
      },
      counted.Completion());
  writer_->Submit(
      {}, [](Connection&) { return absl::NotFoundError(""); },
      failed.Completion());
  release.Notify();
  EXPECT_THAT(failed.Get(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(counted.Get(), IsOk());
  EXPECT_EQ(runs, 1);
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
        // Removes the savepoint, if there is one, which the rollback needs.
        connection.Execute("spoil", "RELEASE operation").IgnoreError();
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
  // Less space than the large call needs.
  ASSERT_THAT(
      Run([](Connection& connection) {
        return dynamic_cast<sqlite::Connection&>(connection).LimitSize(100'000);
      }),
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

TEST_F(GroupWriterTest, ALostTransactionIsNotReportedAsCommitted) {
  const auto lose = [](Connection& connection) {
    Insert(1)(connection).IgnoreError();
    return connection.Execute("lose", "ROLLBACK");
  };
  EXPECT_THAT(Run(lose), StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Count(), 0);
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

}  // namespace
}  // namespace webhooks::sql
