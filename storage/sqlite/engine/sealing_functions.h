#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALING_FUNCTIONS_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALING_FUNCTIONS_H_

#include <sqlite3.h>

#include "storage/sealing/sealer.h"

namespace webhooks::sqlite {

// Adds SQL functions for migrations to the connection: sealing_key() returns
// the id of the first key, and seal_secret(secret, created_at, id) the column
// webhooks.secrets of a webhook with that secret. `sealer` must outlive the
// connection.
void AddSealingFunctions(sqlite3* database, const Sealer& sealer);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALING_FUNCTIONS_H_
