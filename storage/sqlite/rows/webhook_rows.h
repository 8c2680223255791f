#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_ROWS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"
#include "storage/sqlite/rows/stored_webhook.h"
#include "storage/webhook_store.h"

// The statements of WebhookStore: records to rows and back. Each function runs
// on the thread that owns `connection`, changes in several steps inside the
// caller's transaction, and ends as the call that it serves.
namespace webhooks::sqlite {

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
    const v1::UpdateWebhookRequest& change, absl::Time now, DueNotes& notes);

// Writes what has become of the webhook that was `before`; its etag follows.
absl::Status WriteChange(Connection& connection, const Sealer& sealer,
                         const v1::Webhook& before, absl::Time now,
                         StoredWebhook& stored, DueNotes& notes);

absl::StatusOr<v1::Webhook> DeleteWebhook(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const v1::DeleteWebhookRequest& webhook, DueNotes& notes);

absl::StatusOr<v1::Webhook> RotateSecret(Connection& connection,
                                         const Sealer& sealer,
                                         absl::string_view project,
                                         const SecretRotation& rotation,
                                         DueNotes& notes);

absl::StatusOr<v1::WebhookSecrets> SelectSecrets(Connection& connection,
                                                 const Sealer& sealer,
                                                 absl::string_view project,
                                                 absl::string_view id);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_ROWS_H_
