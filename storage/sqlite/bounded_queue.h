#ifndef WEBHOOKS_STORAGE_SQLITE_BOUNDED_QUEUE_H_
#define WEBHOOKS_STORAGE_SQLITE_BOUNDED_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::sqlite {

// Calls that wait for a thread of the store, at most, for each kind of thread.
inline constexpr std::size_t kQueueCapacity = 8192;

// Hands items from any thread to those that take them, first in first out, and
// never holds more than `capacity`. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Adds `item`; false, leaving `item` as it is, if the queue is full or
  // closed.
  bool TryPush(T& item) {
    absl::MutexLock lock(&mutex_);
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    return true;
  }

  // Waits for items and takes the oldest, `most` of them at the most. Empty
  // once the queue is closed and everything has been taken.
  std::vector<T> Take(std::size_t most) {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &BoundedQueue::CanTake));
    const auto end = items_.begin() + std::min(most, items_.size());
    std::vector<T> taken(std::make_move_iterator(items_.begin()),
                         std::make_move_iterator(end));
    items_.erase(items_.begin(), end);
    return taken;
  }

  // Refuses what comes from now on; what is there can still be taken.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || !items_.empty();
  }

  const std::size_t capacity_;
  absl::Mutex mutex_;
  std::deque<T> items_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_BOUNDED_QUEUE_H_
