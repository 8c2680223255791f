#ifndef WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_READER_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_READER_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/deactivation.h"
#include "storage/delivery_queue.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// The columns that ReadStored reads.
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
  kSettingsColumn,
  kDeactivationColumn,
  kResumedAtColumn,
  kFailingSinceColumn,
};

inline constexpr absl::string_view kWebhookColumns =
    "project_id, id, description, url, secrets, active, scope, created_at,"
    " last_update, settings, deactivation, resumed_at, failing_since";

// Reads the current row of a statement that selects kWebhookColumns; for use
// inside Connection::Guarded. DATA_LOSS (RECORD_DAMAGED): its secrets or
// settings cannot be decrypted. UNAVAILABLE (STORAGE_UNAVAILABLE): they are
// sealed under a key of another server that this one does not have yet.
absl::StatusOr<StoredWebhook> ReadStored(Connection& connection,
                                         const Sealer& sealer, Statement& row);

// Selects one webhook. NOT_FOUND (WEBHOOK_NOT_FOUND): `project` has none with
// this id, or was deleted.
absl::StatusOr<StoredWebhook> SelectStored(Connection& connection,
                                           const Sealer& sealer,
                                           absl::string_view project,
                                           absl::string_view id);

// Selects a webhook that is active and has a URL; nullopt if there is none.
absl::StatusOr<std::optional<StoredWebhook>> SelectReceiver(
    Connection& connection, const Sealer& sealer, const Endpoint& endpoint);
// Requests the row for SelectReceiver.
void PrefetchReceiver(Connection& connection, const Endpoint& endpoint);

// Returns true if the project has the webhook. Throws the failures of the
// driver; for use inside Connection::Guarded.
bool HasWebhook(Connection& connection, absl::string_view project,
                absl::string_view id);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_READER_H_
