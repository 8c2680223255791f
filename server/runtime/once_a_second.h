#ifndef WEBHOOKS_SERVER_RUNTIME_ONCE_A_SECOND_H_
#define WEBHOOKS_SERVER_RUNTIME_ONCE_A_SECOND_H_

#include <chrono>

namespace webhooks {

// Limits a log line to one per second. Not thread-safe.
class OnceASecond {
 public:
  bool IsDue() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::seconds(1);
    return true;
  }

 private:
  std::chrono::steady_clock::time_point next_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ONCE_A_SECOND_H_
