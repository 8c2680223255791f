#ifndef WEBHOOKS_SERVER_RUNTIME_STEADY_CLOCK_H_
#define WEBHOOKS_SERVER_RUNTIME_STEADY_CLOCK_H_

#include <chrono>

#include "absl/time/time.h"

namespace webhooks {

// Returns the time since some point in the past, as a time. It never jumps, and
// it is not the time of day.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_STEADY_CLOCK_H_
