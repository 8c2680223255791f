#ifndef WEBHOOKS_STORAGE_SQL_MAINTENANCE_RETENTION_H_
#define WEBHOOKS_STORAGE_SQL_MAINTENANCE_RETENTION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// The position of retention within an event that has many deliveries.
struct RetentionPosition {
  // The event's row; 0 before the next event.
  std::int64_t event_seq = 0;
  // The 16 bytes of the last delivery that was examined.
  std::string delivery;
  // The earliest kept_from of the deliveries that are kept; InfiniteFuture if
  // there is none.
  absl::Time kept_from = absl::InfiniteFuture();
};

// Performs one step of Upkeep::Maintain's retention, some milliseconds of work,
// inside the caller's transaction. Fails deliveries that have waited since
// before `oldest`, deletes those that ended before it, and events that are
// older and have no deliveries. Advances `position`. Returns true if there is
// more to do.
absl::StatusOr<bool> DeleteOldEvents(Connection& connection,
                                     const Leases& leases, absl::Time now,
                                     absl::Time oldest,
                                     RetentionPosition& position,
                                     Notifications& notifications);

// Returns the stored time of the retention clock; InfinitePast if there is
// none.
absl::StatusOr<absl::Time> SelectRetentionTime(Connection& connection);
absl::Status UpdateRetentionTime(Connection& connection, absl::Time time);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_MAINTENANCE_RETENTION_H_
