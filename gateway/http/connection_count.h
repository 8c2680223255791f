#ifndef WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_
#define WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::gateway {

// How many connections are open in the whole process. Thread-safe.
class ConnectionCount {
 public:
  // The count with the added one.
  int Add() {
    absl::MutexLock lock(&mutex_);
    return ++open_;
  }

  void Remove() {
    absl::MutexLock lock(&mutex_);
    --open_;
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
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_CONNECTION_COUNT_H_
