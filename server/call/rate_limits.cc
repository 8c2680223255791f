#include "server/call/rate_limits.h"
#include "server/call/errors.h"

#include <cstddef>
#include <utility>

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxProjects = 10'000;

}  // namespace

RateLimits::RateLimits(Clock clock) : clock_(std::move(clock)) {}

absl::Status RateLimits::Count(const std::string& project, int per_second,
                               RateState& state) {
  const double full = per_second;
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxProjects) {
    // A bucket that was not used for a second is full, like a new one.
    absl::erase_if(buckets_, [now](const auto& bucket) {
      return bucket.second.filled_at + absl::Seconds(1) <= now;
    });
  }
  TokenBucket& bucket =
      buckets_.try_emplace(project, TokenBucket{full, now}).first->second;
  bucket = {bucket.At(now, full, per_second), now};
  absl::Status status;
  if (bucket.tokens < 1) {
    status =
        RequestRateExceeded(absl::Seconds((1 - bucket.tokens) / per_second));
  } else {
    bucket.tokens -= 1;
  }
  state = {per_second, static_cast<int>(bucket.tokens),
           absl::Seconds((full - bucket.tokens) / per_second)};
  return status;
}

}  // namespace webhooks::server
