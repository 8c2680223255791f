#ifndef WEBHOOKS_STORAGE_SQLITE_PURGES_H_
#define WEBHOOKS_STORAGE_SQLITE_PURGES_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/sqlite/connection.h"

// Takes out what is not needed any more. Each function does one bounded step,
// some milliseconds' worth since changes wait for it, inside the caller's
// transaction; and ends with whether there is more to do.
namespace webhooks::sqlite {

// Answers whose time is over at `now`.
absl::StatusOr<bool> DropOldAnswers(Connection& connection, absl::Time now);

// Events that were to be delivered before `oldest`, with their deliveries and
// attempts.
absl::StatusOr<bool> DropOldEvents(Connection& connection, absl::Time oldest);

// Cancels deliveries that wait for webhooks that are gone.
absl::StatusOr<bool> CancelOfRemovedWebhooks(Connection& connection);

// What deleted projects owned, and then they themselves.
absl::StatusOr<bool> PurgeProject(Connection& connection);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_PURGES_H_
