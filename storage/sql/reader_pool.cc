#include "storage/sql/reader_pool.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "storage/errors.h"

namespace webhooks::sql {
namespace {

// The maximum number of reads that wait.
constexpr std::size_t kMaxWaitingReads = 8192;

// Returns the maximum number of `threads` for one project.
int ShareOf(std::size_t threads) {
  return std::max(1, static_cast<int>(threads) - 1);
}

absl::Duration TimeSince(std::chrono::steady_clock::time_point time) {
  return absl::FromChrono(std::chrono::steady_clock::now() - time);
}

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections,
                       StoreObserver& observer)
    : observer_(observer),
      connections_(std::move(connections)),
      queue_(kMaxWaitingReads, ShareOf(connections_.size())) {
  for (const auto& connection : connections_) {
    threads_.emplace_back([this, &connection] { Run(*connection); });
  }
}

ReaderPool::~ReaderPool() {
  queue_.Close();
  for (std::thread& thread : threads_) thread.join();
}

void ReaderPool::Submit(const CallOptions& options, const std::string& project,
                        Read read) {
  Operation operation{options, std::move(read),
                      std::chrono::steady_clock::now()};
  observer_.WaitingChanged(StoreObserver::Kind::kRead, 1);
  if (queue_.TryPush(project, operation)) return;
  observer_.WaitingChanged(StoreObserver::Kind::kRead, -1);
  std::move(operation.read)(StorageBusy(), nullptr);
}

void ReaderPool::Run(Connection& connection) {
  for (;;) {
    std::optional<FairQueue<Operation>::Taken> taken = queue_.Take();
    if (!taken) return;
    observer_.WaitingChanged(StoreObserver::Kind::kRead, -1);
    Operation& operation = taken->item;
    observer_.WaitEnded(StoreObserver::Kind::kRead,
                        TimeSince(operation.made_at));
    if (absl::Status status = CheckMayBegin(operation.options); !status.ok()) {
      std::move(operation.read)(std::move(status), nullptr);
    } else {
      std::move(operation.read)(absl::OkStatus(), &connection);
    }
    queue_.Finish(taken->owner);
    observer_.CallEnded(StoreObserver::Kind::kRead,
                        TimeSince(operation.made_at));
  }
}

}  // namespace webhooks::sql
