#include "storage/postgres/engine/failure.h"

#include "absl/strings/match.h"
#include "storage/errors.h"

namespace webhooks::postgres {

namespace {

// A fault of this program.
constexpr absl::string_view kProtocolViolation = "08P01";

}  // namespace

bool IsDisconnect(absl::string_view state) {
  // Connection exceptions; 57P01 to 57P05: the server ends the session.
  return (absl::StartsWith(state, "08") && state != kProtocolViolation) ||
         absl::StartsWith(state, "57P") ||
         // The session waited too long within a transaction.
         state == "25P03" ||
         // The server is a standby: a primary has been demoted.
         state == "25006";
}

bool IsConflict(absl::string_view state) {
  // serialization_failure, deadlock_detected. A unique violation: another
  // transaction has inserted the row that this one did not see.
  return state == "40001" || state == "40P01" || IsUniqueViolation(state);
}

bool IsUniqueViolation(absl::string_view state) { return state == "23505"; }

absl::Status StatusOfState(absl::string_view state) {
  // disk_full
  if (state == "53100") return StorageFull();
  // Insufficient resources; 55P03: lock_not_available; 57014: query_canceled,
  // also by a timeout; 40003: statement_completion_unknown.
  if (IsDisconnect(state) || absl::StartsWith(state, "53") ||
      absl::StartsWith(state, "57") || absl::StartsWith(state, "40") ||
      // The mark of a commit found no row.
      state == "55P03" || state == "22012") {
    return StorageUnavailable();
  }
  return StorageFailure();
}

}  // namespace webhooks::postgres
