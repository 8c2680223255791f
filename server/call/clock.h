#ifndef WEBHOOKS_SERVER_CALL_CLOCK_H_
#define WEBHOOKS_SERVER_CALL_CLOCK_H_

#include <functional>

#include "absl/time/time.h"

namespace webhooks::server {

// The time of day, or that of the steady clock; tests bring their own.
using Clock = std::function<absl::Time()>;

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CLOCK_H_
