#ifndef WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_
#define WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "server/runtime/token_bucket.h"

namespace webhooks::server {

// The calls that a project may still make.
struct RateState {
  // Calls a second.
  int limit = 0;
  int remaining = 0;
  // The time until all of them are there again, if none is made.
  absl::Duration reset;
};

// Limits the calls that each project makes in a second: a token bucket that
// holds one second's worth. Thread-safe.
class RateLimits {
 public:
  explicit RateLimits(Clock clock);

  // Counts one call of `project`, which may make `per_second` of them (at least
  // 1). RESOURCE_EXHAUSTED (REQUEST_RATE_EXCEEDED), which says when to try
  // again: it is one too many, and does not count. `state` is what is left
  // then.
  absl::Status Count(const std::string& project, int per_second,
                     RateState& state);

 private:
  const Clock clock_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, TokenBucket> buckets_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_
