#ifndef WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_
#define WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_

#include <deque>

#include "absl/time/time.h"

namespace webhooks::server {

// Spreads requests evenly over time, at most `rate` of them within any second.
// Not thread-safe.
class RequestRate {
 public:
  // Returns when the next request may start.
  absl::Time NextStart(int rate) const;

  // Counts a request that starts at `now`, which must not be before
  // NextStart(rate).
  void StartRequest(int rate, absl::Time now);

  // Returns when no earlier request limits the next one any more.
  absl::Time IdleFrom() const;

 private:
  // The next start at an even pace. After a late start, the next requests may
  // follow more closely.
  absl::Time next_even_ = absl::InfinitePast();
  // The start times of the last second.
  std::deque<absl::Time> started_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_
