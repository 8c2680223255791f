#include "server/delivery/endpoint_pace.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// Deliveries prefetched for each that may be in flight.
constexpr int kPrefetchFactor = 8;

}  // namespace

void EndpointPace::Resume() {
  Restart();
  paused_until_ = absl::InfinitePast();
  pause_ = absl::ZeroDuration();
}

absl::Time EndpointPace::NextStart(int in_flight) const {
  if (in_flight >= std::min(window_, MaxInFlight())) {
    return absl::InfiniteFuture();
  }
  const int rate = MaxPerSecond();
  return rate == 0 ? EarliestStart()
                   : std::max(EarliestStart(), rate_.NextStart(rate));
}

int EndpointPace::StartRequest(absl::Time now) {
  const int rate = MaxPerSecond();
  if (rate > 0) rate_.StartRequest(rate, now);
  return epoch_;
}

void EndpointPace::FinishRequest(int epoch, Outcome outcome,
                                 absl::Duration retry_after, absl::Time now) {
  if (outcome == Outcome::kNotSent) {
    not_sent_until_ = now + kNotSentDelay;
    return;
  }
  if (epoch < restarted_in_) return;
  if (outcome == Outcome::kOverloaded) return Pause(retry_after, now);
  if (epoch < epoch_) return;
  if (window_ < (1 + kPrefetchFactor) * MaxInFlight()) ++window_;
  if (outcome == Outcome::kDelivered) pause_ = absl::ZeroDuration();
}

void EndpointPace::Pause(absl::Duration at_least, absl::Time now) {
  window_ = 1;
  // Several requests that were in flight together double the pause only once.
  if (paused_until_ <= now) {
    ++epoch_;
    pause_ = std::clamp(pause_ * 2, limits_->first_pause, limits_->max_pause);
  }
  paused_until_ = std::max(paused_until_, now + std::max(at_least, pause_));
}

// With a rate limit, prefetches no more than can start within a second.
int EndpointPace::MaxPrefetched() const {
  if (settings_.ordered) return 0;
  const int limit = MaxInFlight();
  const int max = std::clamp(window_ - limit, 0, kPrefetchFactor * limit);
  const int rate = MaxPerSecond();
  return rate == 0 ? max : std::min(max, rate);
}

int EndpointPace::MaxLeased(int in_flight) const {
  const int max = std::min(window_, MaxInFlight() + MaxPrefetched());
  const int rate = MaxPerSecond();
  return rate == 0 ? max : std::min(max, in_flight + rate);
}

absl::Time EndpointPace::KeepUntil() const {
  return std::max(EarliestStart(), rate_.IdleFrom());
}

int EndpointPace::MaxInFlight() const {
  if (settings_.ordered) return 1;
  return settings_.max_in_flight > 0 ? settings_.max_in_flight
                                     : limits_->max_in_flight;
}

int EndpointPace::MaxPerSecond() const {
  const int own = settings_.max_per_second;
  if (!settings_.catches_up) return own;
  return own > 0 ? std::min(own, limits_->catch_up_per_second)
                 : limits_->catch_up_per_second;
}

}  // namespace webhooks::server
