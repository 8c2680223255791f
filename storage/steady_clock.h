#ifndef WEBHOOKS_STORAGE_STEADY_CLOCK_H_
#define WEBHOOKS_STORAGE_STEADY_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace webhooks {

// Returns the time since a fixed moment; not affected when the time of day is
// set. Replaced in tests.
using SteadyClock = std::function<absl::Duration()>;

// Returns the steady clock of the machine.
inline absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STEADY_CLOCK_H_
