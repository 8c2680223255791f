#include "storage/sql/group_writer.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/disk_faults.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/storage/sql/group_writer_fixture.h"

namespace webhooks::sql {
namespace {

using testing::IsOk;
using testing::StatusIs;

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
}  // namespace webhooks::sql
