#ifndef WEBHOOKS_STORAGE_SQLITE_STORED_WEBHOOK_H_
#define WEBHOOKS_STORAGE_SQLITE_STORED_WEBHOOK_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/connection.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::sqlite {

// A row of the table webhooks.
struct StoredWebhook {
  v1::Webhook webhook;
  // All that were kept; the newest first.
  v1::WebhookSecrets secrets;
};

// The columns that ReadStored takes, in its order, by their places.
enum WebhookColumn {
  kProjectColumn,
  kIdColumn,
  kDescriptionColumn,
  kUrlColumn,
  kSecretsColumn,
  kActiveColumn,
  kScopeColumn,
  kCreatedAtColumn,
  kLastUpdateColumn,
};

// Reads the row that a statement with those columns stands at; for use inside
// Connection::Guarded. INTERNAL (STORAGE_FAILURE): its secrets cannot be
// opened.
absl::StatusOr<StoredWebhook> ReadStored(Connection& connection,
                                         const Sealer& sealer, Statement& row);

// NOT_FOUND (WEBHOOK_NOT_FOUND): `project` has none with this id, or was
// deleted.
absl::StatusOr<StoredWebhook> SelectStored(Connection& connection,
                                           const Sealer& sealer,
                                           absl::string_view project,
                                           absl::string_view id);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_STORED_WEBHOOK_H_
