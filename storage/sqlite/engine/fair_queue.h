#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_FAIR_QUEUE_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_FAIR_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::sqlite {

// Hands items of several owners from any thread to those that take them. Owners
// take turns; each has its items in order, no more than some of them in work at
// once, and no more than half of the places. Thread-safe.
template <typename T>
class FairQueue {
 public:
  struct Taken {
    std::string owner;
    T item;
  };

  // Holds `capacity` items at most; of each owner `in_work` at most are taken
  // and not finished.
  FairQueue(std::size_t capacity, int in_work)
      : capacity_(capacity), in_work_(in_work) {}

  // Adds `item`; false, leaving `item` as it is, if there is no place for it or
  // the queue is closed.
  bool TryPush(const std::string& owner, T& item) {
    absl::MutexLock lock(&mutex_);
    if (closed_ || size_ >= capacity_) return false;
    Owner& queue = owners_[owner];
    if (queue.items.size() >= (capacity_ + 1) / 2) return false;
    queue.items.push_back(std::move(item));
    ++size_;
    if (queue.items.size() == 1 && queue.in_work < in_work_) {
      turns_.push_back(owner);
    }
    return true;
  }

  // Waits for the turn of an owner and takes its oldest item, for which Finish
  // is then to be called. Nothing once the queue is closed and all is taken.
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
    ++queue.in_work;
    if (!queue.items.empty() && queue.in_work < in_work_) {
      turns_.push_back(std::move(owner));
    }
    return taken;
  }

  void Finish(const std::string& owner) {
    absl::MutexLock lock(&mutex_);
    Owner& queue = owners_[owner];
    --queue.in_work;
    if (queue.items.empty()) {
      if (queue.in_work == 0) owners_.erase(owner);
    } else if (queue.in_work == in_work_ - 1) {
      turns_.push_back(owner);
    }
  }

  // Refuses what comes from now on; what is there can still be taken.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  struct Owner {
    std::deque<T> items;
    int in_work = 0;
  };

  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !turns_.empty() || (closed_ && size_ == 0);
  }

  const std::size_t capacity_;
  const int in_work_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Owner> owners_ ABSL_GUARDED_BY(mutex_);
  // The owners with an item that can be taken, each once.
  std::deque<std::string> turns_ ABSL_GUARDED_BY(mutex_);
  std::size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_FAIR_QUEUE_H_
