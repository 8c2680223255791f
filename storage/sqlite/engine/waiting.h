#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_WAITING_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_WAITING_H_

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "storage/errors.h"
#include "storage/store.h"

namespace webhooks::sqlite {

// Returns OK if the caller still waits for a call that is about to begin,
// DEADLINE_EXCEEDED or CANCELLED if not.
inline absl::Status StillWaited(const CallOptions& options) {
  if (options.cancelled != nullptr && *options.cancelled)
    return CallCancelled();
  if (options.deadline <= absl::Now()) return DeadlinePassed();
  return absl::OkStatus();
}

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_WAITING_H_
