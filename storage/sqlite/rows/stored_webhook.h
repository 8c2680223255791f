#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_STORED_WEBHOOK_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_STORED_WEBHOOK_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::sqlite {

// A row of the table webhooks.
struct StoredWebhook {
  v1::Webhook webhook;
  // All that were kept; the newest first.
  v1::WebhookSecrets secrets;
  // See EndpointLease::resumed_at.
  absl::Time resumed_at = absl::InfinitePast();
  // When the first of the attempts began that failed since the last success;
  // unset: the last one succeeded.
  std::optional<absl::Time> failing_since;
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
  kSettingsColumn,
  kDeactivationColumn,
  kResumedAtColumn,
  kFailingSinceColumn,
};

// Their names.
inline constexpr absl::string_view kWebhookColumns =
    "project_id, id, description, url, secrets, active, scope, created_at,"
    " last_update, settings, deactivation, resumed_at, failing_since";

// Reads the row that a statement with those columns stands at; for use inside
// Connection::Guarded. DATA_LOSS (RECORD_DAMAGED): its secrets or settings
// cannot be opened.
absl::StatusOr<StoredWebhook> ReadStored(Connection& connection,
                                         const Sealer& sealer, Statement& row);

// NOT_FOUND (WEBHOOK_NOT_FOUND): `project` has none with this id, or was
// deleted.
absl::StatusOr<StoredWebhook> SelectStored(Connection& connection,
                                           const Sealer& sealer,
                                           absl::string_view project,
                                           absl::string_view id);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_STORED_WEBHOOK_H_
