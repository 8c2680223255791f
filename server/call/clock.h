#ifndef WEBHOOKS_SERVER_CALL_CLOCK_H_
#define WEBHOOKS_SERVER_CALL_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace webhooks::server {

// The time of day, or that of the steady clock; tests bring their own.
using Clock = std::function<absl::Time()>;

// Returns the time since some point in the past, as a time. It never jumps, and
// it is not the time of day.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CLOCK_H_
