#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_RETENTION_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_RETENTION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"

namespace webhooks::sqlite {

// Where retention has come to within an event that has many deliveries.
struct RetentionPosition {
  // The event's row; 0: at the next event.
  std::int64_t event_seq = 0;
  // The 16 bytes of the last delivery that was looked at.
  std::string delivery;
  // From when the first of those that are kept is kept, in unix milliseconds.
  std::int64_t kept_from = INT64_MAX;
};

// One bounded step of Upkeep::Maintain's retention: some milliseconds' worth,
// inside the caller's transaction. Fails deliveries that have waited since
// before `oldest`, and takes out those that ended before, and events without a
// delivery that are older. Goes on from `position` and moves it. Ends with
// whether there is more to do.
absl::StatusOr<bool> DropOldEvents(Connection& connection, const Leases& leases,
                                   absl::Time now, absl::Time oldest,
                                   RetentionPosition& position,
                                   DueNotes& notes);

// The time of the store's retention clock; InfinitePast: it has none yet.
absl::StatusOr<absl::Time> SelectRetentionTime(Connection& connection);
absl::Status UpdateRetentionTime(Connection& connection, absl::Time time);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_RETENTION_H_
