#ifndef WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_
#define WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// Divides one resource between projects, so that each can get some at any time.
// A project may hold at most three times what is left free: one that wants
// everything gets three quarters, and each of N such projects 3 parts of
// 3 N + 1, with one part free for the next ("dynamic thresholds", Choudhury and
// Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). The last eighth is
// the reserve: it is only for projects that hold nothing. Not thread-safe.
class FairShare {
 public:
  // `unit` is the least amount that is of use to a project.
  explicit FairShare(std::int64_t capacity, std::int64_t unit = 1)
      : free_(capacity), reserve_(capacity / 8), unit_(unit) {}

  // Returns how much more the project may take: 0 if that is less than a unit.
  std::int64_t Room(const std::string& project) const;

  // Adds to what the project holds; a negative `amount` gives back.
  void Take(const std::string& project, std::int64_t amount);

  // Returns true if no project may take more, however little it holds.
  bool IsUsedUp() const { return free_ < unit_; }

  // Returns what all projects hold together.
  std::int64_t used() const { return used_; }

 private:
  std::int64_t free_;
  const std::int64_t reserve_;
  const std::int64_t unit_;
  std::int64_t used_ = 0;
  // Of those that hold something.
  absl::flat_hash_map<std::string, std::int64_t> held_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_FAIR_SHARE_H_
