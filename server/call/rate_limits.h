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

// The state of a project's rate limit.
struct RateState {
  // Calls per second.
  int limit = 0;
  int remaining = 0;
  // The time until `remaining` is `limit` again if no calls are made.
  absl::Duration reset;
};

// Limits the calls per second of each project with a token bucket that holds
// the calls of one second. Thread-safe.
class RateLimits {
 public:
  explicit RateLimits(Clock clock);

  // Counts a call of `project` with the limit `per_second`, at least 1, and
  // sets `state`. RESOURCE_EXHAUSTED (REQUEST_RATE_EXCEEDED), with the time
  // until the next try, if the limit is reached; the call does not count then.
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
