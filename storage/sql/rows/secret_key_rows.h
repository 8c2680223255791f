#ifndef WEBHOOKS_STORAGE_SQL_ROWS_SECRET_KEY_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_SECRET_KEY_ROWS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"
#include "storage/sql/connection.h"

// The table secret_keys: the keys under which the database has sealed texts.
namespace webhooks::sql {

absl::StatusOr<std::vector<SecretKey::Id>> SelectSecretKeys(
    Connection& connection);

// Returns OK if `sealer` has every key of the table; else FAILED_PRECONDITION
// with the id of a missing one.
absl::Status CheckSecretKeys(Connection& connection, const Sealer& sealer);

// Returns true if the table has the key. Throws the failures of the driver; for
// use inside Connection::Guarded.
bool HasSecretKey(Connection& connection, const SecretKey::Id& id);

// Adds a key, unless the table has it.
absl::Status InsertSecretKey(Connection& connection, const SecretKey::Id& id);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_SECRET_KEY_ROWS_H_
