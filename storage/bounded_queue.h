#ifndef WEBHOOKS_STORAGE_BOUNDED_QUEUE_H_
#define WEBHOOKS_STORAGE_BOUNDED_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks {

// Passes items from any thread to one consumer, first in, first out. Bounded by
// the number of items and by their bytes; an item above the limit of bytes is
// accepted if the queue is empty. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  BoundedQueue(std::size_t capacity, std::size_t max_bytes)
      : capacity_(capacity), max_bytes_(max_bytes) {}

  // Adds `item`, which counts as `bytes`. Returns false, leaving `item` as it
  // is, if the queue is full or closed.
  bool TryPush(T& item, std::size_t bytes) {
    absl::MutexLock lock(&mutex_);
    if (closed_ || items_.size() >= capacity_) return false;
    if (!items_.empty() && bytes_ + bytes > max_bytes_) return false;
    items_.push_back({std::move(item), bytes});
    bytes_ += bytes;
    return true;
  }

  // Waits for items and returns true; returns false once the queue is closed
  // and empty.
  bool WaitForItems() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &BoundedQueue::CanTake));
    return !items_.empty();
  }

  // Returns true if the queue is open and empty.
  bool IsIdle() {
    absl::MutexLock lock(&mutex_);
    return !closed_ && items_.empty();
  }

  // Takes the oldest items, `limit` at most. Does not wait.
  std::vector<T> Take(std::size_t limit) {
    absl::MutexLock lock(&mutex_);
    std::vector<T> taken;
    taken.reserve(std::min(limit, items_.size()));
    while (!items_.empty() && taken.size() < limit) {
      taken.push_back(std::move(items_.front().item));
      bytes_ -= items_.front().bytes;
      items_.pop_front();
    }
    return taken;
  }

  // Refuses further items. Queued items can still be taken.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  struct Item {
    T item;
    std::size_t bytes = 0;
  };

  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || !items_.empty();
  }

  const std::size_t capacity_;
  const std::size_t max_bytes_;
  absl::Mutex mutex_;
  std::deque<Item> items_ ABSL_GUARDED_BY(mutex_);
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_BOUNDED_QUEUE_H_
