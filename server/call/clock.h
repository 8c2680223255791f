#ifndef WEBHOOKS_SERVER_CALL_CLOCK_H_
#define WEBHOOKS_SERVER_CALL_CLOCK_H_

#include <functional>

#include "absl/time/time.h"
#include "storage/steady_clock.h"

namespace webhooks::server {

// The time of day, or that of the steady clock; tests bring their own.
using Clock = std::function<absl::Time()>;

// Returns the time of the steady clock as a time, which is not that of day.
inline absl::Time SteadyTime() { return absl::UnixEpoch() + SteadyNow(); }

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CLOCK_H_
