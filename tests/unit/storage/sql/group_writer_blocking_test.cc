#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/sql/group_writer.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/storage/sql/group_writer_fixture.h"

// Tests calls of a GroupWriter that may block (CallOptions::may_block).
namespace webhooks::sql {
namespace {

using testing::IsOk;
using testing::StatusIs;

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
  // The writer is idle, so that these calls run on this thread.
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

}  // namespace
}  // namespace webhooks::sql
