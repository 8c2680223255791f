#include "server/call/rate_limits.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "server/call/errors.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxProjects = 10'000;

}  // namespace

RateLimits::RateLimits(Clock clock, ServerCount servers)
    : clock_(std::move(clock)), servers_(std::move(servers)) {}

absl::Status RateLimits::Count(const std::string& project, int per_second,
                               RateState& state) {
  const int servers = servers_();
  const double rate = static_cast<double>(per_second) / servers;
  const double full = ShareOf(per_second, servers);
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxProjects) {
    // A bucket that was not used for the time that the slowest one takes is
    // full, like a new one.
    const absl::Time oldest = now - servers * absl::Seconds(1);
    absl::erase_if(buckets_, [oldest](const auto& bucket) {
      return bucket.second.filled_at <= oldest;
    });
  }
  TokenBucket& bucket =
      buckets_.try_emplace(project, TokenBucket{full, now}).first->second;
  bucket = {bucket.At(now, full, rate), now};
  absl::Status status;
  if (bucket.tokens < 1) {
    status = RequestRateExceeded(absl::Seconds((1 - bucket.tokens) / rate));
  } else {
    bucket.tokens -= 1;
  }
  const double remaining = bucket.tokens < 1 ? 0 : bucket.tokens * servers;
  state = {per_second, std::min(per_second, static_cast<int>(remaining)),
           absl::Seconds((full - bucket.tokens) / rate)};
  return status;
}

}  // namespace webhooks::server
