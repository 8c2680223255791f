#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sqlite/connection.h"
#include "storage/store.h"

// The statements of the store: records to rows and back. Each function runs on
// the thread that owns `connection`, changes inside the caller's transaction,
// and ends as the call of Store that it serves.
namespace webhooks::sqlite {

absl::StatusOr<bool> SelectAnyProject(Connection& connection);
absl::Status InsertProject(Connection& connection, const v1::Project& project);
absl::Status InsertApiKey(Connection& connection, const v1::ApiKey& key,
                          const ApiKeyHash& hash);
absl::StatusOr<v1::ApiKey> SelectApiKey(Connection& connection,
                                        const ApiKeyHash& hash);

absl::Status InsertWebhook(Connection& connection, const v1::Webhook& webhook);
absl::StatusOr<v1::Webhook> SelectWebhook(Connection& connection,
                                          absl::string_view project,
                                          absl::string_view id);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_H_
