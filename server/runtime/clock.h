#ifndef WEBHOOKS_SERVER_RUNTIME_CLOCK_H_
#define WEBHOOKS_SERVER_RUNTIME_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace webhooks {

// Returns the current time: by the wall clock, or by the steady clock.
using Clock = std::function<absl::Time()>;

// Returns the time of the steady clock, which is never set. It is not related
// to the time of day.
inline absl::Time SteadyTime() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CLOCK_H_
