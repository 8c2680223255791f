#include "storage/sqlite/stored_webhook.h"

#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "storage/errors.h"
#include "storage/etag.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/sealed_secrets.h"

namespace webhooks::sqlite {

absl::StatusOr<StoredWebhook> ReadStored(Connection& connection,
                                         const Sealer& sealer, Statement& row) {
  StoredWebhook stored;
  v1::Webhook& webhook = stored.webhook;
  webhook.set_id_project(UuidColumn(row, kProjectColumn));
  webhook.set_id_webhook_endpoint(UuidColumn(row, kIdColumn));
  if (!row->isColumnNull(kDescriptionColumn)) {
    webhook.set_endpoint_description(TextColumn(row, kDescriptionColumn));
  }
  if (!row->isColumnNull(kUrlColumn))
    webhook.set_url(TextColumn(row, kUrlColumn));
  auto secrets = OpenSecrets(sealer, BlobColumn(row, kSecretsColumn),
                             BlobColumn(row, kIdColumn));
  if (!secrets) {
    return connection.Fault("open secrets", webhook.id_webhook_endpoint());
  }
  stored.secrets = *std::move(secrets);
  webhook.set_secret(stored.secrets.secrets(0).secret());
  webhook.set_active(row->getColumn(kActiveColumn).getInt() != 0);
  if (!row->isColumnNull(kScopeColumn)) {
    for (const absl::string_view type :
         absl::StrSplit(TextView(row, kScopeColumn), ',')) {
      webhook.add_scope(std::string(type));
    }
  }
  *webhook.mutable_created_at() = TimeColumn(row, kCreatedAtColumn);
  *webhook.mutable_last_update() = TimeColumn(row, kLastUpdateColumn);
  webhook.set_etag(EtagOf(webhook));
  return stored;
}

absl::StatusOr<StoredWebhook> SelectStored(Connection& connection,
                                           const Sealer& sealer,
                                           absl::string_view project,
                                           absl::string_view id) {
  return connection.Guarded(
      "select webhook", [&]() -> absl::StatusOr<StoredWebhook> {
        Statement row = connection.Prepared(
            "SELECT project_id, id, description, url, secrets, active, scope,"
            " created_at, last_update FROM webhooks"
            " WHERE project_id = ?1 AND id = ?2 AND NOT EXISTS"
            " (SELECT 1 FROM projects WHERE id = ?1 AND deleted_at IS NOT "
            "NULL)");
        BindUuid(row, 1, project);
        BindUuid(row, 2, id);
        if (!row->executeStep()) return WebhookNotFound(id);
        return ReadStored(connection, sealer, row);
      });
}

}  // namespace webhooks::sqlite
