#include "storage/sqlite/engine/group_writer.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "storage/errors.h"

namespace webhooks::sqlite {
namespace {

// The bounds of the queue. One disk commits too slowly for more calls: their
// callers would give up before their turn.
constexpr std::size_t kMaxWaitingWrites = 8192;
constexpr std::size_t kMaxWaitingBytes = 64 << 20;

// The bounds of a transaction. They limit the delay of its first calls, and of
// the calls behind it.
constexpr std::size_t kMaxBatch = 512;
constexpr absl::Duration kMaxWork = absl::Milliseconds(50);

// A larger call takes longer than the thread switches that it would save.
constexpr std::size_t kMaxBytesRunNow = 16 << 10;

// The size of the write-ahead log at which it is copied into the database: 4
// MiB, SQLite's default.
constexpr int kCheckpointPages = 1000;

using Steady = std::chrono::steady_clock;

absl::Duration Since(Steady::time_point time) {
  return absl::FromChrono(Steady::now() - time);
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection,
                         StoreObserver& observer, CommitCheck may_commit,
                         SteadyClock clock)
    : observer_(observer),
      clock_(std::move(clock)),
      connection_(std::move(connection)),
      may_commit_(std::move(may_commit)),
      queue_(kMaxWaitingWrites, kMaxWaitingBytes),
      thread_([this] { Run(); }) {}

GroupWriter::~GroupWriter() {
  queue_.Close();
  thread_.join();
}

void GroupWriter::Submit(const CallOptions& options, Work work, DoneStatus done,
                         std::size_t bytes, Length length) {
  Operation operation{options, std::move(work), std::move(done),
                      length,  Steady::now(),   absl::OkStatus()};
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, 1);
  if (options.may_block && length == Length::kShort &&
      bytes <= kMaxBytesRunNow && TryRunNow(operation)) {
    return;
  }
  if (queue_.TryPush(operation, bytes)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, -1);
  std::move(operation.done)(StorageBusy());
}

bool GroupWriter::TryRunNow(Operation& operation) {
  if (!running_.TryLock()) return false;
  const bool runs =
      queue_.IsIdle() && connection_->wal_pages() < kCheckpointPages;
  const Batch alone(&operation, 1);
  if (runs) CommitTogether(alone);
  running_.Unlock();
  if (runs) Complete(alone);
  return runs;
}

void GroupWriter::Run() {
  while (queue_.WaitForItems()) {
    absl::MutexLock lock(&running_);
    std::vector<Operation> calls = queue_.Take(kMaxBatch);
    for (Batch left = absl::MakeSpan(calls); !left.empty();) {
      const std::size_t count = CommitTogether(left);
      Complete(left.first(count));
      left.remove_prefix(count);
      if (connection_->wal_pages() >= kCheckpointPages) Checkpoint();
    }
  }
}

std::size_t GroupWriter::CommitTogether(Batch calls) {
  const auto begin = Steady::now();
  std::size_t count = calls.size();
  absl::Status status = Begin();
  if (!status.ok()) {
    for (Operation& operation : calls) {
      EndWait(operation);
      operation.outcome = status;
    }
  } else {
    status = RunTransaction(calls, count);
    RollBackIfOpen();
    if (!status.ok()) RunEachAlone(calls.first(count), status);
  }
  observer_.Committed(static_cast<int>(count), Since(begin));
  observer_.LogChanged(connection_->wal_bytes());
  return count;
}

void GroupWriter::Complete(Batch batch) {
  for (Operation& operation : batch) {
    observer_.CallEnded(StoreObserver::Kind::kWrite, Since(operation.made_at));
    std::move(operation.done)(std::move(operation.outcome));
  }
}

void GroupWriter::Checkpoint() {
  const auto begin = Steady::now();
  // After a failure, which the observer has received, the log grows until the
  // next commit tries again.
  connection_->Checkpoint().IgnoreError();
  observer_.Checkpointed(Since(begin));
  observer_.LogChanged(connection_->wal_bytes());
}

absl::Status GroupWriter::Begin() {
  return connection_->Execute("begin", "BEGIN IMMEDIATE");
}

absl::Status GroupWriter::RunTransaction(Batch calls, std::size_t& count) {
  const absl::Duration end = clock_() + kMaxWork;
  count = 0;
  for (Operation& operation : calls) {
    const bool is_long = operation.length == Length::kLong;
    if (is_long && count > 0) break;
    ++count;
    EndWait(operation);
    operation.outcome = CheckMayBegin(operation.options);
    if (operation.outcome.ok()) operation.outcome = RunOperation(operation);
    if (absl::IsResourceExhausted(operation.outcome)) is_failing_ = true;
    // SQLite has rolled back the whole transaction.
    if (!connection_->InTransaction()) {
      is_failing_ = true;
      return operation.outcome.ok() ? StorageFailure() : operation.outcome;
    }
    if (is_long || clock_() >= end) break;
  }
  return Commit();
}

void GroupWriter::EndWait(Operation& operation) {
  if (!std::exchange(operation.waits, false)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, -1);
}

void GroupWriter::RunEachAlone(Batch batch, absl::Status status) {
  for (Operation& operation : batch) {
    // A call that was alone is not repeated.
    if (batch.size() > 1) {
      std::size_t count = 0;
      status = Begin();
      operation.outcome = absl::OkStatus();
      if (status.ok()) {
        status = RunTransaction(absl::MakeSpan(&operation, 1), count);
        RollBackIfOpen();
      }
    }
    if (operation.outcome.ok()) operation.outcome = status;
  }
}

absl::Status GroupWriter::Commit() {
  absl::Status status = may_commit_(*connection_);
  const std::int64_t before = connection_->changing_commits();
  if (status.ok()) status = connection_->Execute("commit", "COMMIT");
  if (!status.ok()) {
    is_failing_ = true;
  } else if (connection_->changing_commits() != before) {
    is_failing_ = false;
  }
  return status;
}

void GroupWriter::RollBackIfOpen() {
  if (!connection_->InTransaction()) return;
  connection_->Execute("rollback", "ROLLBACK").IgnoreError();
}

absl::Status GroupWriter::RunOperation(Operation& operation) {
  absl::Status status =
      connection_->Execute("savepoint", "SAVEPOINT operation");
  if (!status.ok()) return status;
  status = operation.work(*connection_);
  if (!connection_->InTransaction()) return status;
  absl::Status ended;
  if (!status.ok())
    ended = connection_->Execute("roll back", "ROLLBACK TO operation");
  ended.Update(connection_->Execute("release", "RELEASE operation"));
  if (ended.ok()) return status;
  // Half an operation must not be committed with the others: roll back the
  // transaction. The caller runs the others again.
  connection_->Execute("rollback", "ROLLBACK").IgnoreError();
  return ended;
}

}  // namespace webhooks::sqlite
