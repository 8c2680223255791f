#include "server/call/failed_keys.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "server/call/errors.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;

double Left(const TokenBucket& bucket, absl::Time now) {
  return bucket.At(now, FailedKeys::kBurst, FailedKeys::kPerSecond);
}

}  // namespace

FailedKeys::FailedKeys(Clock clock) : clock_(std::move(clock)) {}

absl::Status FailedKeys::Check(absl::string_view address) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  const auto bucket = buckets_.find(address);
  if (bucket == buckets_.end()) return absl::OkStatus();
  const double left = Left(bucket->second, now);
  // Kept with the time, which may be set back.
  bucket->second = {left, now};
  if (left >= 1) return absl::OkStatus();
  if (refusal_lines_.IsDue()) {
    Log(LogLevel::kWarning, "too many keys that open nothing",
        {{"client_address", address}});
  }
  return TooManyFailedKeys(absl::Seconds((1 - left) / kPerSecond));
}

void FailedKeys::Note(absl::string_view address) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxBuckets) {
    absl::erase_if(buckets_, [&](const auto& bucket) {
      return Left(bucket.second, now) >= kBurst;
    });
  }
  // Bounds the memory: with so many addresses it starts anew.
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
  TokenBucket& bucket =
      buckets_.try_emplace(address, TokenBucket{kBurst, now}).first->second;
  // Several may have been let through before the first of them was noted.
  bucket = {std::max<double>(-kBurst, Left(bucket, now) - 1), now};
}

}  // namespace webhooks::server
