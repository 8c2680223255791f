#ifndef WEBHOOKS_STORAGE_SQL_ROWS_API_KEY_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_API_KEY_ROWS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/project_store.h"
#include "storage/sql/connection.h"

// The statements about API keys. Each function returns the status of the call
// of ProjectStore that it serves, and changes inside the caller's transaction.
namespace webhooks::sql {

absl::Status InsertApiKey(Connection& connection, const v1::ApiKey& key,
                          const ApiKeyHash& hash);

absl::StatusOr<KeyOwner> SelectKeyOwner(Connection& connection,
                                        const ApiKeyHash& hash);

absl::StatusOr<Page<v1::ApiKey>> SelectApiKeys(
    Connection& connection, absl::string_view project,
    const PageStart<v1::ApiKey>& start);

absl::StatusOr<v1::ApiKey> RevokeApiKey(Connection& connection,
                                        absl::string_view id, absl::Time now);

absl::Status UpdateLastUse(Connection& connection, absl::string_view id,
                           absl::Time now);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_API_KEY_ROWS_H_
