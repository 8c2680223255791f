#ifndef WEBHOOKS_STORAGE_SQL_GROUP_WRITER_H_
#define WEBHOOKS_STORAGE_SQL_GROUP_WRITER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/bounded_queue.h"
#include "storage/sql/connection.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks::sql {

// Group commit: one thread takes the calls that wait, up to a bound on work,
// runs them in one transaction, commits, and then completes them. Many calls
// share one fsync, and a lone call waits for no other. If the transaction is
// lost, for example because the disk is full, each call runs again alone, so
// that none fails because of another. Checkpoints follow the completions. A
// call that may block runs on the calling thread if no other runs or waits,
// unless the database is remote. Thread-safe.
class GroupWriter {
 public:
  // Runs in a transaction while no other work runs; its changes are undone if
  // it fails. Runs again if that transaction is lost.
  using Work = absl::AnyInvocable<absl::Status(Connection&)>;

  // Requests rows that the work reads, before the work of the same transaction
  // runs (see Cursor::Prefetch). So the work must not trust them if other work
  // that has such a function can change them: its own statements must fail
  // then. Work without such a function can change anything.
  using Prefetch = absl::AnyInvocable<void(Connection&)>;

  // The size to count for a call without large data.
  static constexpr std::size_t kSmallCall = 1024;

  // Long work has a transaction of its own, so that the calls before it need
  // not wait for it.
  enum class Length { kShort, kLong };

  // `observer` must outlive this. Work is bounded by `clock`.
  GroupWriter(std::unique_ptr<Connection> connection, StoreObserver& observer,
              SteadyClock clock = &SteadyNow);
  // Completes every call that was accepted. No Submit may be in progress.
  ~GroupWriter();

  // Returns true if a transaction was lost since the last one that changed the
  // database. Only for work that runs.
  bool is_failing() const {
    running_.AssertHeld();
    return is_failing_;
  }

  // Queues `work`, which counts as `bytes`, or performs it at once (see
  // CallOptions::may_block). Calls `done` with its outcome once that is
  // durable. RESOURCE_EXHAUSTED (STORAGE_BUSY): the queue is full.
  void Submit(const CallOptions& options, Work work, DoneStatus done,
              std::size_t bytes = kSmallCall, Length length = Length::kShort,
              Prefetch prefetch = nullptr);

 private:
  struct Operation {
    CallOptions options;
    Work work;
    DoneStatus done;
    Length length;
    Prefetch prefetch;
    std::chrono::steady_clock::time_point made_at;
    absl::Status outcome;
    // True until it runs.
    bool waits = true;
  };

  // The calls of one transaction.
  using Batch = absl::Span<Operation>;

  void Run();
  // Performs the operation on this thread; returns false, leaving it as it is,
  // if another runs or waits or a checkpoint is due.
  bool TryRunNow(Operation& operation);
  // Runs the first of `calls` in one transaction. Returns their number.
  std::size_t CommitTogether(Batch calls)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  void Complete(Batch batch);
  // Runs the first of `calls` in one transaction, again if it is lost to
  // another one. Sets `count` to their number, and `has_begun` to true if there
  // was a transaction.
  absl::Status RunTogether(Batch calls, std::size_t& count, bool& has_begun)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  // Runs the first of `calls` in the transaction that was begun, and commits.
  // Sets their outcomes, and `count` to their number.
  absl::Status RunTransaction(Batch calls, std::size_t& count)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  // Requests the rows of the first of `calls`. Returns their number.
  std::size_t RequestRows(Batch calls) ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  void EndWait(Operation& operation);
  // Runs each call of a lost transaction alone.
  void RunEachAlone(Batch calls) ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  // Ends the calls that have not failed with `status`.
  void Fail(Batch calls, const absl::Status& status);
  absl::Status RunOperation(Operation& operation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);
  absl::Status Commit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(running_);

  StoreObserver& observer_;
  const SteadyClock clock_;
  const bool is_remote_;
  // Held while work runs, and by the thread before it takes work, so that no
  // call overtakes one that waits.
  absl::Mutex running_;
  const std::unique_ptr<Connection> connection_ ABSL_PT_GUARDED_BY(running_);
  bool is_failing_ ABSL_GUARDED_BY(running_) = false;
  // The number of calls whose rows are requested together: about as many as a
  // transaction has time for.
  std::size_t requested_calls_ ABSL_GUARDED_BY(running_) = 1;
  BoundedQueue<Operation> queue_;
  std::thread thread_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_GROUP_WRITER_H_
