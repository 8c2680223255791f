#ifndef WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_ROWS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/notifications.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"
#include "storage/sql/rows/webhook_reader.h"
#include "storage/webhook_store.h"

// The statements of WebhookStore. Each function returns the status of the call
// that it serves, and changes in several steps inside the caller's transaction.
namespace webhooks::sql {

absl::StatusOr<v1::Webhook> InsertWebhook(Connection& connection,
                                          const Sealer& sealer,
                                          v1::Webhook webhook);

absl::StatusOr<v1::Webhook> SelectWebhook(Connection& connection,
                                          const Sealer& sealer,
                                          absl::string_view project,
                                          absl::string_view id);

absl::StatusOr<Page<v1::Webhook>> SelectWebhooks(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const WebhookFilter& filter, const PageStart<v1::Webhook>& start);

absl::StatusOr<v1::Webhook> ChangeWebhook(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const v1::UpdateWebhookRequest& change, absl::Time now,
    Notifications& notifications);

// Writes a changed webhook and sets its etag. `before` is the webhook before
// the change.
absl::Status WriteChange(Connection& connection, const Sealer& sealer,
                         const v1::Webhook& before, absl::Time now,
                         StoredWebhook& stored, Notifications& notifications);

absl::StatusOr<v1::Webhook> DeleteWebhook(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const v1::DeleteWebhookRequest& webhook, Notifications& notifications);

absl::StatusOr<v1::Webhook> RotateSecret(Connection& connection,
                                         const Sealer& sealer,
                                         absl::string_view project,
                                         const SecretRotation& rotation,
                                         Notifications& notifications);

// Requests maintenance to cancel the deliveries that wait for a webhook that
// was removed. Throws the failures of the driver; for use inside
// Connection::Guarded.
void InsertRemovedWebhook(Connection& connection, absl::string_view id);

absl::StatusOr<v1::WebhookSecrets> SelectSecrets(Connection& connection,
                                                 const Sealer& sealer,
                                                 absl::string_view project,
                                                 absl::string_view id);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_WEBHOOK_ROWS_H_
