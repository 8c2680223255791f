#include "storage/call.h"

#include "absl/time/clock.h"
#include "storage/errors.h"

namespace webhooks {

absl::Status CheckMayBegin(const CallOptions& options) {
  if (options.cancelled != nullptr && *options.cancelled) {
    return CallCancelled();
  }
  if (options.deadline <= absl::Now()) return DeadlinePassed();
  return absl::OkStatus();
}

}  // namespace webhooks
