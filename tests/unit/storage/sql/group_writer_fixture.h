#ifndef WEBHOOKS_TESTS_UNIT_STORAGE_SQL_GROUP_WRITER_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_STORAGE_SQL_GROUP_WRITER_FIXTURE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/sql/group_writer.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::sql {

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
    auto connection = sqlite::Connection::Open(
        folder_.Path("test.db"), sqlite::Connection::Mode::kWrite, observer_);
    ASSERT_THAT(connection, testing::IsOk());
    ASSERT_THAT((*connection)->UseWriteAheadLog(), testing::IsOk());
    ASSERT_THAT((*connection)->Execute("make", "CREATE TABLE t (x UNIQUE)"),
                testing::IsOk());
    (*connection)->SetCommitCheck([this](const sqlite::Connection&) {
      return may_commit_ ? absl::OkStatus() : absl::UnavailableError("");
    });
    writer_ = std::make_unique<GroupWriter>(*std::move(connection), observer_,
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
                    row.Step();
                    count = row.Int(0);
                    return absl::OkStatus();
                  });
                }),
                testing::IsOk());
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

}  // namespace webhooks::sql

#endif  // WEBHOOKS_TESTS_UNIT_STORAGE_SQL_GROUP_WRITER_FIXTURE_H_
