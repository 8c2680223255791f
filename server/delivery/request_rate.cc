#include "server/delivery/request_rate.h"

#include <algorithm>

namespace webhooks::server {
namespace {

constexpr absl::Duration kWindow = absl::Seconds(1);

// A request that begins later than this is not caught up on.
constexpr absl::Duration kMostBehind = absl::Milliseconds(100);

}  // namespace

absl::Time RequestRate::Next(int rate) const {
  const auto most = static_cast<std::size_t>(rate);
  if (begun_.size() < most) return even_;
  return std::max(even_, begun_[begun_.size() - most] + kWindow);
}

void RequestRate::Begin(int rate, absl::Time now) {
  while (!begun_.empty() && begun_.front() + kWindow <= now) {
    begun_.pop_front();
  }
  begun_.push_back(now);
  even_ = std::max(even_, now - kMostBehind) + kWindow / rate;
}

absl::Time RequestRate::ForgottenAt() const {
  return begun_.empty() ? absl::InfinitePast() : begun_.back() + kWindow;
}

}  // namespace webhooks::server
