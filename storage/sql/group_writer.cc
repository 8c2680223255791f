#include "storage/sql/group_writer.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "storage/errors.h"

namespace webhooks::sql {
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

// The maximum number of calls whose rows are requested together.
constexpr std::size_t kMaxPrefetched = 64;

// The time for which a transaction runs again that others win against, and the
// pauses between its runs; the first repeat has none.
constexpr absl::Duration kRepeatFor = absl::Seconds(5);
constexpr absl::Duration kFirstPause = absl::Milliseconds(1);
constexpr absl::Duration kLongestPause = absl::Milliseconds(50);

using Steady = std::chrono::steady_clock;

absl::Duration Since(Steady::time_point time) {
  return absl::FromChrono(Steady::now() - time);
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection,
                         StoreObserver& observer, SteadyClock clock)
    : observer_(observer),
      clock_(std::move(clock)),
      is_remote_(connection->IsRemote()),
      connection_(std::move(connection)),
      queue_(kMaxWaitingWrites, kMaxWaitingBytes),
      thread_([this] { Run(); }) {}

GroupWriter::~GroupWriter() {
  queue_.Close();
  thread_.join();
}

void GroupWriter::Submit(const CallOptions& options, Work work, DoneStatus done,
                         std::size_t bytes, Length length, Prefetch prefetch) {
  Operation operation{options,         std::move(work),     std::move(done),
                      length,          std::move(prefetch), Steady::now(),
                      absl::OkStatus()};
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, 1);
  if (options.may_block && !is_remote_ && length == Length::kShort &&
      bytes <= kMaxBytesRunNow && TryRunNow(operation)) {
    return;
  }
  if (queue_.TryPush(operation, bytes)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, -1);
  std::move(operation.done)(StorageBusy());
}

bool GroupWriter::TryRunNow(Operation& operation) {
  if (!running_.TryLock()) return false;
  const bool runs = queue_.IsIdle() && !connection_->NeedsTidyUp();
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
      if (connection_->NeedsTidyUp()) connection_->TidyUp();
    }
  }
}

std::size_t GroupWriter::CommitTogether(Batch calls) {
  const auto begin = Steady::now();
  std::size_t count = calls.size();
  bool has_begun = false;
  const absl::Status status = RunTogether(calls, count, has_begun);
  if (!status.ok() && has_begun && calls.first(count).size() > 1 &&
      !connection_->IsOutcomeUnknown()) {
    RunEachAlone(calls.first(count));
  } else {
    Fail(calls.first(count), status);
  }
  observer_.Committed(static_cast<int>(count), Since(begin));
  return count;
}

absl::Status GroupWriter::RunTogether(Batch calls, std::size_t& count,
                                      bool& has_begun) {
  const absl::Duration end = clock_() + kRepeatFor;
  for (absl::Duration pause;;
       pause = std::min(2 * pause + kFirstPause, kLongestPause)) {
    absl::Status status = connection_->Begin();
    has_begun = status.ok();
    if (!has_begun) return status;
    status = RunTransaction(calls, count);
    if (connection_->InTransaction()) connection_->RollBack();
    if (status.ok()) return status;
    const bool repeats = connection_->LostToAnother() && clock_() < end;
    // Without an error of the database, one of the calls has failed.
    if (!repeats || !connection_->LostState().empty()) is_failing_ = true;
    if (!repeats) return status;
    observer_.TransactionRepeated(connection_->LostState());
    absl::SleepFor(pause);
  }
}

void GroupWriter::Complete(Batch batch) {
  for (Operation& operation : batch) {
    observer_.CallEnded(StoreObserver::Kind::kWrite, Since(operation.made_at));
    std::move(operation.done)(std::move(operation.outcome));
  }
}

absl::Status GroupWriter::RunTransaction(Batch calls, std::size_t& count) {
  const absl::Duration end = clock_() + kMaxWork;
  count = 0;
  std::size_t requested = 0;
  for (Operation& operation : calls) {
    if (count == requested) requested += RequestRows(calls.subspan(count));
    const bool is_long = operation.length == Length::kLong;
    if (is_long && count > 0) break;
    ++count;
    EndWait(operation);
    operation.outcome = CheckMayBegin(operation.options);
    if (operation.outcome.ok()) operation.outcome = RunOperation(operation);
    // It has made the store forget what was requested.
    if (!operation.prefetch) requested = count;
    if (absl::IsResourceExhausted(operation.outcome)) is_failing_ = true;
    // The database has rolled back the whole transaction.
    if (!connection_->InTransaction()) {
      return operation.outcome.ok() ? StorageFailure() : operation.outcome;
    }
    if (is_long || clock_() >= end) break;
  }
  requested_calls_ = clock_() < end
                         ? std::min(2 * requested_calls_, kMaxPrefetched)
                         : std::clamp<std::size_t>(count, 1, requested_calls_);
  return Commit();
}

std::size_t GroupWriter::RequestRows(Batch calls) {
  const Batch next = calls.first(std::min(calls.size(), requested_calls_));
  Connection& connection = *connection_;
  if (!connection.Prefetches()) return next.size();
  connection
      .Guarded("prefetch",
               [&]() -> absl::Status {
                 for (Operation& operation : next) {
                   if (operation.prefetch) operation.prefetch(connection);
                 }
                 return absl::OkStatus();
               })
      .IgnoreError();
  return next.size();
}

void GroupWriter::EndWait(Operation& operation) {
  if (!std::exchange(operation.waits, false)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kWrite, -1);
  observer_.WaitEnded(StoreObserver::Kind::kWrite, Since(operation.made_at));
}

void GroupWriter::RunEachAlone(Batch calls) {
  for (Operation& operation : calls) {
    std::size_t count = 1;
    bool has_begun = false;
    const Batch alone(&operation, 1);
    const absl::Status status = RunTogether(alone, count, has_begun);
    if (has_begun) {
      Fail(alone, status);
      continue;
    }
    // The database cannot be reached: do not try for each call.
    operation.outcome = absl::OkStatus();
    Fail(calls.subspan(static_cast<std::size_t>(&operation - calls.data())),
         status);
    return;
  }
}

void GroupWriter::Fail(Batch calls, const absl::Status& status) {
  for (Operation& operation : calls) {
    EndWait(operation);
    if (operation.outcome.ok()) operation.outcome = status;
  }
}

absl::Status GroupWriter::Commit() {
  const std::int64_t before = connection_->changing_commits();
  absl::Status status = connection_->Commit();
  if (status.ok() && connection_->changing_commits() != before) {
    is_failing_ = false;
  }
  return status;
}

absl::Status GroupWriter::RunOperation(Operation& operation) {
  absl::Status status = connection_->BeginPart();
  if (!status.ok()) return status;
  if (!operation.prefetch) connection_->ForgetPrefetched();
  status = operation.work(*connection_);
  if (!connection_->InTransaction()) return status;
  if (status.ok()) status = connection_->EndPart();
  if (status.ok() || !connection_->InTransaction()) return status;
  const absl::Status undone = connection_->RollBackPart();
  if (undone.ok()) return status;
  // Half an operation must not be committed with the others: roll back the
  // transaction. The caller runs the others again.
  connection_->RollBack();
  return undone;
}

}  // namespace webhooks::sql
