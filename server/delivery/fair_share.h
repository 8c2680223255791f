#ifndef WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_
#define WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// Divides one resource between projects, so that each can get some at any time.
// A project may hold at most three times the free amount. One project that
// wants everything gets three quarters; each of N such projects gets 3 / (3 N +
// 1), which leaves 1 / (3 N + 1) for the next ("dynamic thresholds", Choudhury
// and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). The last eighth
// is reserved for projects that hold nothing. Not thread-safe.
class FairShare {
 public:
  // `unit` is the smallest amount that a project can use.
  explicit FairShare(std::int64_t capacity, std::int64_t unit = 1)
      : free_(capacity), reserve_(capacity / 8), unit_(unit) {}

  // Returns the amount that the project may still take; 0 if it is less than a
  // unit.
  std::int64_t Available(const std::string& project) const;

  // Adds `amount` to the project's share; a negative amount releases it.
  void Take(const std::string& project, std::int64_t amount);

  // Returns true if no project may take more, even one that holds nothing.
  bool IsExhausted() const { return free_ < unit_; }

  // Returns the amount that all projects hold together.
  std::int64_t used() const { return used_; }

 private:
  std::int64_t free_;
  const std::int64_t reserve_;
  const std::int64_t unit_;
  std::int64_t used_ = 0;
  // Projects that hold nothing have no entry.
  absl::flat_hash_map<std::string, std::int64_t> held_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_
