#include "server/delivery/request_rate.h"

#include <algorithm>

namespace webhooks::server {
namespace {

constexpr absl::Duration kWindow = absl::Seconds(1);

// The largest delay that later requests may make up for.
constexpr absl::Duration kMaxCatchUp = absl::Milliseconds(100);

}  // namespace

absl::Time RequestRate::NextStart(int rate) const {
  const auto limit = static_cast<std::size_t>(rate);
  if (started_.size() < limit) return next_even_;
  return std::max(next_even_, started_[started_.size() - limit] + kWindow);
}

void RequestRate::StartRequest(int rate, absl::Time now) {
  while (!started_.empty() && started_.front() + kWindow <= now) {
    started_.pop_front();
  }
  started_.push_back(now);
  next_even_ = std::max(next_even_, now - kMaxCatchUp) + kWindow / rate;
}

absl::Time RequestRate::IdleFrom() const {
  return started_.empty() ? absl::InfinitePast() : started_.back() + kWindow;
}

}  // namespace webhooks::server
