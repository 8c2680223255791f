#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/postgres/engine/connection.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"

namespace webhooks::postgres {

// Returns the newest version that this program knows.
int NewestSchemaVersion();

// Returns the version of the schema, at most the newest; 0 if the database has
// none of the service's tables. Changes nothing. FAILED_PRECONDITION: the
// schema webhooks belongs to another program, has a newer version, or the
// database's encoding is not UTF-8. Messages are for the operator.
absl::StatusOr<int> ReadSchemaVersion(sql::Connection& connection);

// Returns the keys under which the database has sealed texts. Errors are those
// of ReadSchemaVersion.
absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(
    sql::Connection& connection);

// Brings the schema to the newest version, with one transaction per migration.
// Several servers may call it at once. FAILED_PRECONDITION: see
// ReadSchemaVersion, or the database has texts sealed under a key that `sealer`
// lacks; nothing is changed. Messages are for the operator.
absl::Status Migrate(Connection& connection, const Sealer& sealer);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
