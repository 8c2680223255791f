#ifndef WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_
#define WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "gateway/http/limits.h"

namespace webhooks::gateway {

// Limits the bytes of one kind of buffer that the connections of the whole
// process may hold, and those of one address (see ClientAddress). Buffers of up
// to `uncounted_bytes` always fit: the number of connections bounds those.
// Thread-safe.
class BufferBudget {
 public:
  explicit BufferBudget(const HttpLimits& limits)
      : limit_(limits.buffered_bytes),
        limit_per_address_(limits.buffered_bytes_per_address),
        uncounted_(limits.uncounted_bytes) {}

  // One connection's share of the budget; returned at its end. Not thread-safe.
  // The budget must outlive it unless it holds nothing.
  class Share {
   public:
    Share(BufferBudget& budget, std::string address)
        : budget_(budget), address_(std::move(address)) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { Resize(0); }

    // Returns false, with the share unchanged, if the budget does not permit so
    // many bytes. Fewer bytes than before are always permitted.
    bool Resize(std::size_t bytes) {
      const std::size_t counted = bytes > budget_.uncounted_ ? bytes : 0;
      if (counted == held_) return true;
      if (!budget_.Change(address_, held_, counted)) return false;
      held_ = counted;
      return true;
    }

   private:
    BufferBudget& budget_;
    const std::string address_;
    std::size_t held_ = 0;
  };

 private:
  bool Change(const std::string& address, std::size_t from, std::size_t to)
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    std::size_t& of_address = by_address_[address];
    const bool fits =
        to < from || (held_ - from + to <= limit_ &&
                      of_address - from + to <= limit_per_address_);
    if (fits) {
      held_ += to - from;
      of_address += to - from;
    }
    if (of_address == 0) by_address_.erase(address);
    return fits;
  }

  const std::size_t limit_;
  const std::size_t limit_per_address_;
  const std::size_t uncounted_;
  absl::Mutex mutex_;
  std::size_t held_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, std::size_t> by_address_
      ABSL_GUARDED_BY(mutex_);
};

// Empties a buffer, and releases its memory if that is more than the next small
// request or answer needs.
inline void FreeBuffer(std::string& buffer) {
  constexpr std::size_t kSmall = 2048;
  buffer.clear();
  if (buffer.capacity() > kSmall) std::string().swap(buffer);
}

// The buffers of all connections.
struct Buffers {
  explicit Buffers(const HttpLimits& limits)
      : requests(limits), answers(limits) {}

  // The bodies of requests in progress.
  BufferBudget requests;
  // Answers that their clients have yet to read. A budget of its own, so that
  // slow readers affect only each other.
  BufferBudget answers;
  // The size of all buffers of connections, including small and idle ones.
  std::atomic<std::size_t> bytes = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_
