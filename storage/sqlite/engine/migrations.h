#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// Returns the version of the schema after Migrate.
int NewestSchemaVersion();

// Returns the version of the database's schema, at most the newest; 0 if the
// file is empty. Changes nothing. FAILED_PRECONDITION: the file belongs to
// another program, or has a newer version. Messages are for the operator.
absl::StatusOr<int> ReadSchemaVersion(Connection& connection);

// Returns the keys under which the database has sealed texts; none for a
// version that did not seal. Errors are those of ReadSchemaVersion.
absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(Connection& connection);

// Brings the database into WAL mode and to the newest schema, with one
// transaction per migration; its number is kept in PRAGMA user_version. An
// empty file becomes a database of this service, marked by PRAGMA
// application_id. Secrets of versions that kept them in clear text are sealed,
// and no copy stays in the file. FAILED_PRECONDITION: see ReadSchemaVersion, or
// the database has texts sealed under a key that `sealer` lacks; nothing is
// changed. Messages are for the operator.
absl::Status Migrate(Connection& connection, const Sealer& sealer);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_
