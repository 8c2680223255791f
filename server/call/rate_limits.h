#ifndef WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_
#define WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/call/server_share.h"
#include "server/runtime/clock.h"
#include "server/runtime/token_bucket.h"

namespace webhooks::server {

// The state of a project's rate limit.
struct RateState {
  // Calls per second.
  int limit = 0;
  // The calls that all servers together can still accept, if they have counted
  // as many as this one.
  int remaining = 0;
  // The time until `remaining` is `limit` again if no calls are made.
  absl::Duration reset;
};

// Limits the calls per second of each project with a token bucket that holds
// the calls of one second. Each server applies its share of the limit. A share
// of less than one call a second still holds one call. Thread-safe.
class RateLimits {
 public:
  explicit RateLimits(Clock clock, ServerCount servers = &OneServer);

  // Counts a call of `project` with the limit `per_second` of all servers
  // together, at least 1, and sets `state`. RESOURCE_EXHAUSTED
  // (REQUEST_RATE_EXCEEDED), with the time until the next try, if the limit is
  // reached; the call does not count then.
  absl::Status Count(const std::string& project, int per_second,
                     RateState& state);

 private:
  const Clock clock_;
  const ServerCount servers_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, TokenBucket> buckets_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_RATE_LIMITS_H_
