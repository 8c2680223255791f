#include "server/delivery/endpoint_pace.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// The most that is prefetched, in multiples of what may be in flight.
constexpr int kPrefetch = 8;

}  // namespace

void EndpointPace::Resume() {
  Restart();
  paused_until_ = absl::InfinitePast();
  pause_ = absl::ZeroDuration();
}

absl::Time EndpointPace::NextBegin(int in_flight) const {
  if (in_flight >= std::min(window_, MostInFlight())) {
    return absl::InfiniteFuture();
  }
  const int rate = PerSecond();
  return rate == 0 ? NotBefore() : std::max(NotBefore(), rate_.Next(rate));
}

int EndpointPace::Begin(absl::Time now) {
  const int rate = PerSecond();
  if (rate > 0) rate_.Begin(rate, now);
  return epoch_;
}

void EndpointPace::End(int epoch, Ending ending, absl::Duration retry_after,
                       absl::Time now) {
  if (ending == Ending::kNotSent) {
    unsent_until_ = now + kUnsentDelay;
    return;
  }
  if (epoch < restarted_in_) return;
  if (ending == Ending::kOverloaded) return Pause(retry_after, now);
  if (epoch < epoch_) return;
  if (window_ < (1 + kPrefetch) * MostInFlight()) ++window_;
  if (ending == Ending::kDelivered) pause_ = absl::ZeroDuration();
}

void EndpointPace::Pause(absl::Duration at_least, absl::Time now) {
  window_ = 1;
  // Requests that were in flight together count once.
  if (paused_until_ <= now) {
    ++epoch_;
    pause_ =
        std::clamp(pause_ * 2, limits_->first_pause, limits_->longest_pause);
  }
  paused_until_ = std::max(paused_until_, now + std::max(at_least, pause_));
}

// With a rate, prefetches no more than may begin within a second.
int EndpointPace::MostPrefetched() const {
  if (settings_.ordered) return 0;
  const int limit = MostInFlight();
  const int most = std::clamp(window_ - limit, 0, kPrefetch * limit);
  const int rate = PerSecond();
  return rate == 0 ? most : std::min(most, rate);
}

int EndpointPace::MostLeased(int in_flight) const {
  const int most = std::min(window_, MostInFlight() + MostPrefetched());
  const int rate = PerSecond();
  return rate == 0 ? most : std::min(most, in_flight + rate);
}

absl::Time EndpointPace::RememberUntil() const {
  return std::max(NotBefore(), rate_.ForgottenAt());
}

int EndpointPace::MostInFlight() const {
  if (settings_.ordered) return 1;
  return settings_.max_in_flight > 0 ? settings_.max_in_flight
                                     : limits_->max_in_flight;
}

int EndpointPace::PerSecond() const {
  const int own = settings_.max_per_second;
  if (!settings_.catches_up) return own;
  return own > 0 ? std::min(own, limits_->catch_up_per_second)
                 : limits_->catch_up_per_second;
}

}  // namespace webhooks::server
