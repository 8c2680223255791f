#include "storage/sqlite/reader_pool.h"

#include <cstddef>
#include <utility>

#include "storage/errors.h"
#include "storage/sqlite/waiting.h"

namespace webhooks::sqlite {
namespace {}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections,
                       StoreObserver& observer)
    : observer_(observer),
      connections_(std::move(connections)),
      queue_(kQueueCapacity) {
  for (const auto& connection : connections_) {
    threads_.emplace_back([this, &connection] { Run(*connection); });
  }
}

ReaderPool::~ReaderPool() {
  queue_.Close();
  for (std::thread& thread : threads_) thread.join();
}

void ReaderPool::Submit(const CallOptions& options, Read read) {
  Operation operation{options, std::move(read),
                      std::chrono::steady_clock::now()};
  observer_.WaitingChanged(StoreObserver::Kind::kRead, 1);
  if (queue_.TryPush(operation)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kRead, -1);
  std::move(operation.read)(StorageBusy(), nullptr);
}

void ReaderPool::Run(Connection& connection) {
  for (;;) {
    // One at a time, so that no read waits behind another while a thread idles.
    std::vector<Operation> taken = queue_.Take(1);
    if (taken.empty()) return;
    observer_.WaitingChanged(StoreObserver::Kind::kRead, -1);
    Operation& operation = taken.front();
    if (absl::Status status = StillWaited(operation.options); !status.ok()) {
      std::move(operation.read)(std::move(status), nullptr);
    } else {
      std::move(operation.read)(absl::OkStatus(), &connection);
    }
    observer_.CallEnded(
        StoreObserver::Kind::kRead,
        absl::FromChrono(std::chrono::steady_clock::now() - operation.made_at));
  }
}

}  // namespace webhooks::sqlite
