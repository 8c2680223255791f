#include "server/delivery/fair_share.h"

#include <algorithm>

namespace webhooks::server {

// Solves held + amount <= 3 * (free - reserve - amount) for the amount.
std::int64_t FairShare::Available(const std::string& project) const {
  const auto found = held_.find(project);
  const std::int64_t held = found == held_.end() ? 0 : found->second;
  std::int64_t available = (3 * (free_ - reserve_) - held) / 4;
  if (held == 0) available = std::max(available, std::min(free_, unit_));
  return available < unit_ ? 0 : available;
}

void FairShare::Take(const std::string& project, std::int64_t amount) {
  free_ -= amount;
  used_ += amount;
  std::int64_t& held = held_[project];
  held += amount;
  if (held == 0) held_.erase(project);
}

}  // namespace webhooks::server
