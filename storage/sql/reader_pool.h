#ifndef WEBHOOKS_STORAGE_SQL_READER_POOL_H_
#define WEBHOOKS_STORAGE_SQL_READER_POOL_H_

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "storage/fair_queue.h"
#include "storage/sql/connection.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks::sql {

// Runs reads on a few threads, each with its own connection. Projects take
// turns; if there are several threads, no project gets all of them.
// Thread-safe.
class ReaderPool {
 public:
  // Reads with `connection` and completes the call. If `status` is an error,
  // completes the call with it; `connection` is null then.
  using Read =
      absl::AnyInvocable<void(absl::Status status, Connection* connection) &&>;

  // Starts a thread for each connection. `observer` must outlive this.
  ReaderPool(std::vector<std::unique_ptr<Connection>> connections,
             StoreObserver& observer);
  // Completes every call that was accepted.
  ~ReaderPool();

  // Queues `read`, which is called exactly once, for the turn of `project`.
  // Calls without a project share the turn of "".
  void Submit(const CallOptions& options, const std::string& project,
              Read read);

 private:
  struct Operation {
    CallOptions options;
    Read read;
    std::chrono::steady_clock::time_point made_at;
  };

  void Run(Connection& connection);

  StoreObserver& observer_;
  std::vector<std::unique_ptr<Connection>> connections_;
  FairQueue<Operation> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_READER_POOL_H_
