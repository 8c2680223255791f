#ifndef WEBHOOKS_SERVER_DELIVERY_RETRY_POLICY_H_
#define WEBHOOKS_SERVER_DELIVERY_RETRY_POLICY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/delivery/sender.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::server {

// 410 Gone (RFC 9110, section 15.5.11): the receiver is gone for good.
inline constexpr int kGone = 410;

// Returns the contract's default schedule: the wait before each attempt.
std::vector<absl::Duration> DefaultSchedule();

// Decides when a failed delivery is attempted again. Thread-safe.
struct RetryPolicy {
  // The wait before each attempt, for webhooks that do not set a schedule. Not
  // empty.
  std::vector<absl::Duration> schedule = DefaultSchedule();

  // The maximum random change of each wait, as a fraction of it, 0 to 1; up or
  // down.
  double jitter = 0.2;

  // A longer Retry-After counts as this.
  absl::Duration max_retry_after = absl::Hours(24);

  // Sets `outcome`, `retry_at`, `gone` and `record.max_number` of `result`,
  // whose `now` and `attempt` must be set. `step` is LeasedDelivery::step;
  // `uniform_random` is a number in [0, 1).
  void Classify(const HttpOutcome& outcome, int step,
                const v1::DeliverySettings& settings, double uniform_random,
                AttemptResult& result) const;

  // Returns the wait that the receiver asked for with Retry-After, at most
  // max_retry_after; zero if the attempt did not fail.
  absl::Duration RetryAfterOf(const HttpOutcome& outcome, absl::Time now) const;
};

// Returns true if the attempt failed with a sign of overload: 429, 502, 504, a
// timeout, or a Retry-After.
bool IsOverloaded(const HttpOutcome& outcome);

// Returns the wait that a Retry-After (RFC 9110, section 10.2.3) asks for at
// `now`, as seconds or an HTTP date. Zero if it is neither, or in the past.
absl::Duration ReadRetryAfter(absl::string_view text, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_RETRY_POLICY_H_
