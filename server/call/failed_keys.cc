#include "server/call/failed_keys.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "server/call/errors.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;

}  // namespace

FailedKeys::FailedKeys(Clock clock, ServerCount servers)
    : clock_(std::move(clock)), servers_(std::move(servers)) {}

FailedKeys::Share FailedKeys::CurrentShare() const {
  const int servers = servers_();
  return {ShareOf(kBurst, servers), static_cast<double>(kPerSecond) / servers};
}

absl::Status FailedKeys::Check(absl::string_view address) {
  const absl::Time now = clock_();
  const Share share = CurrentShare();
  absl::MutexLock lock(&mutex_);
  const auto bucket = buckets_.find(address);
  if (bucket == buckets_.end()) return absl::OkStatus();
  const double left = bucket->second.At(now, share.burst, share.per_second);
  // Stored with the current time, so that a clock that was set back does not
  // block the address for long.
  bucket->second = {left, now};
  if (left >= 1) return absl::OkStatus();
  if (refusal_log_.IsDue()) {
    Log(LogLevel::kWarning, "too many invalid keys",
        {{"client_address", address}});
  }
  return TooManyFailedKeys(absl::Seconds((1 - left) / share.per_second));
}

void FailedKeys::AddFailure(absl::string_view address) {
  const absl::Time now = clock_();
  const Share share = CurrentShare();
  const auto left = [&](const TokenBucket& bucket) {
    return bucket.At(now, share.burst, share.per_second);
  };
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxBuckets) {
    absl::erase_if(buckets_, [&](const auto& bucket) {
      return left(bucket.second) >= share.burst;
    });
  }
  // Bounds the memory, at the price of forgetting all failures.
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
  TokenBucket& bucket =
      buckets_.try_emplace(address, TokenBucket{share.burst, now})
          .first->second;
  // Can be negative, since several look-ups may start before the first fails.
  bucket = {std::max(-share.burst, left(bucket) - 1), now};
}

}  // namespace webhooks::server
