#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// The version of the schema that Migrate leads to.
int NewestSchemaVersion();

// The version of the schema that the database has, at most the newest; 0: the
// file is empty. Changes nothing. FAILED_PRECONDITION: the file belongs to
// something else, or to a newer version. Messages are for the operator.
absl::StatusOr<int> ReadSchemaVersion(Connection& connection);

// The keys that something in the database is sealed under; none before the
// version that began to seal. Fails as ReadSchemaVersion.
absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(Connection& connection);

// Brings the database into WAL mode and to the newest schema, one transaction a
// migration; its number is kept in PRAGMA user_version. An empty file becomes a
// database of this service, marked by PRAGMA application_id. What older
// versions kept in the clear is sealed, and no copy of it stays in the file.
// FAILED_PRECONDITION: as ReadSchemaVersion, or the database has something
// sealed under a key that `sealer` lacks; nothing is changed then. Messages are
// for the operator.
absl::Status Migrate(Connection& connection, const Sealer& sealer);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_MIGRATIONS_H_
