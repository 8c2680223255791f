#ifndef WEBHOOKS_STORAGE_STEADY_CLOCK_H_
#define WEBHOOKS_STORAGE_STEADY_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace webhooks {

// The time since some moment, which nobody sets; tests bring their own.
using SteadyClock = std::function<absl::Duration()>;

// That of the machine.
inline absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STEADY_CLOCK_H_
