#ifndef WEBHOOKS_STORAGE_SQL_ROWS_LATEST_ID_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_LATEST_ID_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// Selects the time for Upkeep::FindLatestId.
absl::StatusOr<absl::Time> SelectLatestIdTime(Connection& connection);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_LATEST_ID_H_
