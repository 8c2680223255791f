#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_LATEST_ID_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_LATEST_ID_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// Selects the time for Upkeep::FindLatestId.
absl::StatusOr<absl::Time> SelectLatestIdTime(Connection& connection);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_LATEST_ID_H_
