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

  // Adds a connection from `address` (see ClientAddress) and returns the counts
  // that include it.
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

  // Returns once no connection is open, or after `timeout`.
  void AwaitNone(absl::Duration timeout) const {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(
        absl::Condition(
            +[](const int* open) { return *open == 0; }, &open_),
        timeout);
  }

 private:
  mutable absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> by_address_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_
