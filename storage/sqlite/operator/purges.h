#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_PURGES_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_PURGES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sqlite/engine/connection.h"

// Takes out what is not needed any more. Each function does one bounded step,
// some milliseconds' worth since changes wait for it, inside the caller's
// transaction; and ends with whether there is more to do.
namespace webhooks::sqlite {

// Takes out the delivery with the 16 bytes `id` and its attempts; how many
// rows. Throws what SQLiteCpp throws; for use inside Connection::Guarded.
int DeleteDelivery(Connection& connection, absl::string_view id);

// Answers whose time is over at `now`. Those that a clock which was ahead has
// let be kept for longer than any answer is are kept from `now` on.
absl::StatusOr<bool> DropOldAnswers(Connection& connection, absl::Time now);

// Cancels deliveries that wait for webhooks that are gone.
absl::StatusOr<bool> CancelOfRemovedWebhooks(Connection& connection);

// Removes in steps what deleted projects owned, and then the projects.
absl::StatusOr<bool> PurgeProject(Connection& connection);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_PURGES_H_
