#include "server/call/failed_keys.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "server/call/errors.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;

double TokensLeft(const TokenBucket& bucket, absl::Time now) {
  return bucket.At(now, FailedKeys::kBurst, FailedKeys::kPerSecond);
}

}  // namespace

FailedKeys::FailedKeys(Clock clock) : clock_(std::move(clock)) {}

absl::Status FailedKeys::Check(absl::string_view address) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  const auto bucket = buckets_.find(address);
  if (bucket == buckets_.end()) return absl::OkStatus();
  const double left = TokensLeft(bucket->second, now);
  // Stored with the current time, so that a clock that was set back does not
  // block the address for long.
  bucket->second = {left, now};
  if (left >= 1) return absl::OkStatus();
  if (refusal_log_.IsDue()) {
    Log(LogLevel::kWarning, "too many invalid keys",
        {{"client_address", address}});
  }
  return TooManyFailedKeys(absl::Seconds((1 - left) / kPerSecond));
}

void FailedKeys::AddFailure(absl::string_view address) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxBuckets) {
    absl::erase_if(buckets_, [&](const auto& bucket) {
      return TokensLeft(bucket.second, now) >= kBurst;
    });
  }
  // Bounds the memory, at the price of forgetting all failures.
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
  TokenBucket& bucket =
      buckets_.try_emplace(address, TokenBucket{kBurst, now}).first->second;
  // Can be negative, since several look-ups may start before the first fails.
  bucket = {std::max<double>(-kBurst, TokensLeft(bucket, now) - 1), now};
}

}  // namespace webhooks::server
