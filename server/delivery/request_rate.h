#ifndef WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_
#define WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_

#include <deque>

#include "absl/time/time.h"

namespace webhooks::server {

// Spreads requests over time, with never more than `rate` of them within any
// second. Not thread-safe.
class RequestRate {
 public:
  // Returns when the next request may begin, at `rate` a second.
  absl::Time Next(int rate) const;

  // A request begins at `now`, which is not before Next(rate).
  void Begin(int rate, absl::Time now);

  // Returns when the requests that have begun count no longer.
  absl::Time ForgottenAt() const;

 private:
  // When the next one would begin at an even pace. A request that begins late
  // lets the next ones catch up a little.
  absl::Time even_ = absl::InfinitePast();
  // When those of the last second began.
  std::deque<absl::Time> begun_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_REQUEST_RATE_H_
