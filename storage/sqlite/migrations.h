#ifndef WEBHOOKS_STORAGE_SQLITE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_SQLITE_MIGRATIONS_H_

#include "absl/status/status.h"
#include "storage/sqlite/connection.h"

namespace webhooks::sqlite {

// Brings the database into WAL mode and to the newest schema, one transaction a
// migration; its number is kept in PRAGMA user_version. An empty file becomes a
// database of this service, marked by PRAGMA application_id.
// FAILED_PRECONDITION: the file belongs to something else, or to a newer
// version, and is left as it is. Messages are for the operator.
absl::Status Migrate(Connection& connection);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_MIGRATIONS_H_
