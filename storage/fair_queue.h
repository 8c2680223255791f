#ifndef WEBHOOKS_STORAGE_FAIR_QUEUE_H_
#define WEBHOOKS_STORAGE_FAIR_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace webhooks {

// Passes items of several owners from any thread to several consumers. Owners
// take turns. The items of one owner are taken in order; their number in
// progress is bounded, and they fill at most half of the queue. Thread-safe.
template <typename T>
class FairQueue {
 public:
  struct Taken {
    std::string owner;
    T item;
  };

  // Holds `capacity` items at most. Of each owner, `max_in_progress` at most
  // are taken and not finished.
  FairQueue(std::size_t capacity, int max_in_progress)
      : capacity_(capacity), max_in_progress_(max_in_progress) {}

  // Adds `item`. Returns false, leaving `item` as it is, if the queue is full,
  // for this owner or for all, or closed.
  bool TryPush(const std::string& owner, T& item) {
    absl::MutexLock lock(&mutex_);
    if (closed_ || size_ >= capacity_) return false;
    Owner& queue = owners_[owner];
    if (queue.items.size() >= (capacity_ + 1) / 2) return false;
    queue.items.push_back(std::move(item));
    ++size_;
    if (queue.items.size() == 1 && queue.in_progress < max_in_progress_) {
      turns_.push_back(owner);
    }
    return true;
  }

  // Waits for an item and takes it; the caller calls Finish when it is done
  // with it. Returns nullopt once the queue is closed and empty.
  std::optional<Taken> Take() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &FairQueue::CanTake));
    if (turns_.empty()) return std::nullopt;
    std::string owner = std::move(turns_.front());
    turns_.pop_front();
    Owner& queue = owners_[owner];
    Taken taken{owner, std::move(queue.items.front())};
    queue.items.pop_front();
    --size_;
    ++queue.in_progress;
    if (!queue.items.empty() && queue.in_progress < max_in_progress_) {
      turns_.push_back(std::move(owner));
    }
    return taken;
  }

  void Finish(const std::string& owner) {
    absl::MutexLock lock(&mutex_);
    Owner& queue = owners_[owner];
    --queue.in_progress;
    if (queue.items.empty()) {
      if (queue.in_progress == 0) owners_.erase(owner);
    } else if (queue.in_progress == max_in_progress_ - 1) {
      turns_.push_back(owner);
    }
  }

  // Refuses further items. Queued items can still be taken.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  struct Owner {
    std::deque<T> items;
    int in_progress = 0;
  };

  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !turns_.empty() || (closed_ && size_ == 0);
  }

  const std::size_t capacity_;
  const int max_in_progress_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Owner> owners_ ABSL_GUARDED_BY(mutex_);
  // The owners that have an item that can be taken, each once.
  std::deque<std::string> turns_ ABSL_GUARDED_BY(mutex_);
  std::size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_FAIR_QUEUE_H_
