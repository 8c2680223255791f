#ifndef WEBHOOKS_STORAGE_SQL_MAINTENANCE_PURGES_H_
#define WEBHOOKS_STORAGE_SQL_MAINTENANCE_PURGES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"

// Deletes records that are not needed any more. Each function performs one step
// of some milliseconds, inside the caller's transaction, and returns true if
// there is more to do.
namespace webhooks::sql {

// Deletes the delivery with the 16 bytes `id` and its attempts. Returns the
// number of rows. Throws the failures of the driver; for use inside
// Connection::Guarded.
int DeleteDelivery(Connection& connection, absl::string_view id);

// Deletes answers that have expired at `now`. Limits the expiry of the others
// to that of a new answer: the clock may have been ahead when they were made.
absl::StatusOr<bool> DeleteOldAnswers(Connection& connection, absl::Time now);

// Cancels deliveries that wait for removed webhooks.
absl::StatusOr<bool> CancelForRemovedWebhooks(Connection& connection,
                                              Notifications& notifications);

// Deletes the content of deleted projects, then the projects.
absl::StatusOr<bool> PurgeProjects(Connection& connection);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_MAINTENANCE_PURGES_H_
