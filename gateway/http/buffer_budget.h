#ifndef WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_
#define WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <string>

namespace webhooks::gateway {

// How many bytes of request bodies the whole process may hold. Thread-safe.
class BufferBudget {
 public:
  explicit BufferBudget(std::size_t limit) : limit_(limit) {}

  // What one connection holds of the budget; given back at its end. For one
  // thread at a time; the budget must outlive it unless it holds nothing.
  class Share {
   public:
    explicit Share(BufferBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { Resize(0); }

    // False: the budget does not allow so many, and the share is as it was. To
    // hold less is always allowed.
    bool Resize(std::size_t bytes) {
      if (bytes > held_ && !budget_.Take(bytes - held_)) return false;
      if (bytes < held_) budget_.held_.fetch_sub(held_ - bytes);
      held_ = bytes;
      return true;
    }

   private:
    BufferBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  bool Take(std::size_t bytes) {
    if (held_.fetch_add(bytes) + bytes <= limit_) return true;
    held_.fetch_sub(bytes);
    return false;
  }

  const std::size_t limit_;
  std::atomic<std::size_t> held_ = 0;
};

// Empties a buffer, and gives its memory back where that is more than the next
// small request or answer needs.
inline void FreeBuffer(std::string& buffer) {
  constexpr std::size_t kSmall = 2048;
  buffer.clear();
  if (buffer.capacity() > kSmall) std::string().swap(buffer);
}

// The budgets of all connections, as much each.
struct Buffers {
  explicit Buffers(std::size_t limit) : requests(limit), answers(limit) {}

  // The bodies of requests in progress.
  BufferBudget requests;
  // Answers that their clients have yet to read: a budget of its own, so that
  // slow readers are in the way of each other only.
  BufferBudget answers;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_BUFFER_BUDGET_H_
