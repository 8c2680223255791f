#ifndef WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_DATABASE_STATE_H_
#define WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_DATABASE_STATE_H_

#include "absl/status/statusor.h"
#include "storage/sql/connection.h"
#include "storage/store_observer.h"

namespace webhooks::postgres {

// Reads the state of the database server from its statistics. The standbys are
// seen by a role that is a member of pg_monitor, and by superusers.
absl::StatusOr<DatabaseState> ReadDatabaseState(sql::Connection& connection);

// Returns the number of standbys that commits wait for, which need not be
// connected.
absl::StatusOr<int> CountAwaitedStandbys(sql::Connection& connection);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_DATABASE_STATE_H_
