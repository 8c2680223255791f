#ifndef WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_
#define WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::gateway {

// Counts the open connections of the whole process. Thread-safe.
class ConnectionCount {
 public:
  struct Counts {
    int all;
    int of_address;
  };

  // The counts with the added one, which comes from `address` (see
  // ClientAddress).
  Counts Add(const std::string& address) {
    absl::MutexLock lock(&mutex_);
    return {++open_, ++by_address_[address]};
  }

  void Remove(const std::string& address) {
    absl::MutexLock lock(&mutex_);
    --open_;
    const auto count = by_address_.find(address);
    if (--count->second == 0) by_address_.erase(count);
  }

  int Count() const {
    absl::MutexLock lock(&mutex_);
    return open_;
  }

  // Returns once no connection is open, or after `patience`.
  void AwaitNone(absl::Duration patience) const {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(
        absl::Condition(
            +[](const int* open) { return *open == 0; }, &open_),
        patience);
  }

 private:
  mutable absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> by_address_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_
