#include "storage/sqlite/group_writer.h"

#include <cstddef>
#include <utility>

#include "storage/errors.h"
#include "storage/sqlite/waiting.h"

namespace webhooks::sqlite {
namespace {

// More calls than this do not wait; at the rate that one disk commits, they
// would wait longer than callers do.

// Bounds how long one transaction holds back the answers of its first calls.
constexpr std::size_t kMaxBatch = 512;

// Checkpoint at this size of the write-ahead log: 4 MiB, SQLite's own default.
constexpr int kCheckpointPages = 1000;

using SteadyClock = std::chrono::steady_clock;

absl::Duration Since(SteadyClock::time_point time) {
  return absl::FromChrono(SteadyClock::now() - time);
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection,
                         StoreObserver& observer)
    : observer_(observer),
      connection_(std::move(connection)),
      queue_(kQueueCapacity),
      thread_([this] { Run(); }) {}

GroupWriter::~GroupWriter() {
  queue_.Close();
  thread_.join();
}

void GroupWriter::Submit(const CallOptions& options, Work work,
                         DoneStatus done) {
  Operation operation{
      options, std::move(work), std::move(done), SteadyClock::now(), {}};
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, 1);
  if (queue_.TryPush(operation)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, -1);
  std::move(operation.done)(StorageBusy());
}

void GroupWriter::Run() {
  for (;;) {
    std::vector<Operation> batch = queue_.Take(kMaxBatch);
    if (batch.empty()) return;
    const int calls = static_cast<int>(batch.size());
    observer_.WaitingChanged(StoreObserver::Kind::kWrite, -calls);
    const auto begin = SteadyClock::now();
    CommitTogether(batch);
    observer_.Committed(calls, Since(begin));
    observer_.LogChanged(connection_->wal_bytes());
    Complete(batch);
    if (connection_->wal_pages() >= kCheckpointPages) Checkpoint();
  }
}

void GroupWriter::Complete(std::vector<Operation>& batch) {
  for (Operation& operation : batch) {
    observer_.CallEnded(StoreObserver::Kind::kWrite, Since(operation.made_at));
    std::move(operation.done)(std::move(operation.outcome));
  }
}

void GroupWriter::Checkpoint() {
  const auto begin = SteadyClock::now();
  // A failure leaves the log to grow until the next commit tries again; whoever
  // is told of faults has been.
  connection_->Checkpoint().IgnoreError();
  observer_.Checkpointed(Since(begin));
  observer_.LogChanged(connection_->wal_bytes());
}

void GroupWriter::CommitTogether(std::vector<Operation>& batch) {
  const absl::Status status = RunTransaction(batch);
  if (status.ok()) return;
  if (connection_->InTransaction()) {
    connection_->Execute("rollback", "ROLLBACK").IgnoreError();
  }
  for (Operation& operation : batch) {
    if (operation.outcome.ok()) operation.outcome = status;
  }
}

absl::Status GroupWriter::RunTransaction(std::vector<Operation>& batch) {
  absl::Status status = connection_->Execute("begin", "BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  for (Operation& operation : batch) {
    operation.outcome = StillWaited(operation.options);
    if (!operation.outcome.ok()) continue;
    operation.outcome = RunOperation(operation);
    // SQLite has undone the whole transaction, with what others did in it.
    if (!connection_->InTransaction()) return operation.outcome;
  }
  return connection_->Execute("commit", "COMMIT");
}

absl::Status GroupWriter::RunOperation(Operation& operation) {
  absl::Status status =
      connection_->Execute("savepoint", "SAVEPOINT operation");
  if (!status.ok()) return status;
  status = operation.work(*connection_);
  if (!connection_->InTransaction()) return status;
  absl::Status ended;
  if (!status.ok())
    ended = connection_->Execute("undo", "ROLLBACK TO operation");
  ended.Update(connection_->Execute("release", "RELEASE operation"));
  if (ended.ok()) return status;
  // Half an operation must not be committed with its neighbours' changes: give
  // up the transaction, and the caller tells them all.
  connection_->Execute("rollback", "ROLLBACK").IgnoreError();
  return ended;
}

}  // namespace webhooks::sqlite
