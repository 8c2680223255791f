#ifndef WEBHOOKS_SERVER_RUNTIME_TOKEN_BUCKET_H_
#define WEBHOOKS_SERVER_RUNTIME_TOKEN_BUCKET_H_

#include <algorithm>

#include "absl/time/time.h"

namespace webhooks {

// A token bucket.
struct TokenBucket {
  double tokens;
  // The time at which there were `tokens`.
  absl::Time filled_at;

  // Returns the number of tokens at `now`, refilled with `per_second` up to
  // `size`.
  double At(absl::Time now, double size, double per_second) const {
    const double seconds = absl::ToDoubleSeconds(now - filled_at);
    return std::min(size, tokens + std::max(seconds, 0.0) * per_second);
  }
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TOKEN_BUCKET_H_
