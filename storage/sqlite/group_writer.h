#ifndef WEBHOOKS_STORAGE_SQLITE_GROUP_WRITER_H_
#define WEBHOOKS_STORAGE_SQLITE_GROUP_WRITER_H_

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "storage/sqlite/bounded_queue.h"
#include "storage/sqlite/connection.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks::sqlite {

// Group commit: one thread that makes every change. It takes all that is
// waiting, up to a cap, runs it in one transaction, commits, and only then
// completes the calls; so many calls share one fsync, and a lone call waits for
// nobody. Checkpoints come after the completions. Thread-safe.
class GroupWriter {
 public:
  // Runs in a transaction on the writer's thread, under a savepoint of its own,
  // at most once.
  using Work = absl::AnyInvocable<absl::Status(Connection&)>;

  // `observer` must outlive this.
  GroupWriter(std::unique_ptr<Connection> connection, StoreObserver& observer);
  // Finishes everything that was accepted.
  ~GroupWriter();

  // Queues `work`; `done` learns its outcome once that is durable.
  void Submit(const CallOptions& options, Work work, DoneStatus done);

 private:
  struct Operation {
    CallOptions options;
    Work work;
    DoneStatus done;
    std::chrono::steady_clock::time_point made_at;
    absl::Status outcome;
  };

  void Run();
  void Complete(std::vector<Operation>& batch);
  void Checkpoint();
  void CommitTogether(std::vector<Operation>& batch);
  // The outcome of the transaction; each operation's own stands in it.
  absl::Status RunTransaction(std::vector<Operation>& batch);
  absl::Status RunOperation(Operation& operation);

  StoreObserver& observer_;
  std::unique_ptr<Connection> connection_;
  BoundedQueue<Operation> queue_;
  std::thread thread_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_GROUP_WRITER_H_
