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

// The status of a receiver that wants nothing any more: 410 (RFC
// 9110, 15.5.11).
inline constexpr int kGone = 410;

// The contract's schedule: how long to wait before each attempt.
std::vector<absl::Duration> DefaultSchedule();

// When a failed delivery is attempted again.
struct RetryPolicy {
  // For webhooks without a schedule of their own; not empty.
  std::vector<absl::Duration> schedule = DefaultSchedule();

  // The most by which each wait is varied, either way: 0 to 1 of it.
  double jitter = 0.2;

  // The longest Retry-After that is obeyed.
  absl::Duration max_retry_after = absl::Hours(24);

  // Fills in `result` what came of an attempt: the outcome, the time of the
  // next one, and if the receiver is gone. `step` is LeasedDelivery.step;
  // `uniform_random` a number of [0, 1).
  void Classify(const HttpOutcome& outcome, int step,
                const v1::DeliverySettings& settings, double uniform_random,
                AttemptResult& result) const;

  // Returns how long the receiver asked, by Retry-After, to be left alone:
  // max_retry_after at most; zero where the attempt did not fail.
  absl::Duration RetryAfterOf(const HttpOutcome& outcome, absl::Time now) const;
};

// Returns whether an attempt failed because the endpoint is, or seems to be,
// overloaded: 429, 502, 504, a time-out, or any answer with a Retry-After.
bool IsOverloaded(const HttpOutcome& outcome);

// Returns the wait that a Retry-After (RFC 9110, 10.2.3) asks for at `now`:
// seconds or an HTTP date. Zero where it is neither, or past.
absl::Duration ReadRetryAfter(absl::string_view text, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_RETRY_POLICY_H_
