#include "storage/sql/rows/webhook_reader.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/errors.h"
#include "storage/etag.h"
#include "storage/sealed_secrets.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/secret_key_rows.h"

namespace webhooks::sql {
namespace {

// Returns false if there are settings that cannot be decrypted.
bool ReadSettings(const Sealer& sealer, Statement& row, v1::Webhook& webhook) {
  if (row.IsNull(kSettingsColumn)) return true;
  const auto text = OpenSettings(sealer, BlobColumn(row, kSettingsColumn),
                                 BlobColumn(row, kIdColumn));
  return text && webhook.mutable_delivery()->ParseFromString(*text);
}

// Returns the error for a sealed text that cannot be opened.
absl::Status CannotOpen(Connection& connection, const Sealer& sealer,
                        absl::string_view sealed, absl::string_view operation,
                        absl::string_view webhook) {
  const auto key = Sealer::KeyOf(sealed);
  if (!key || sealer.Has(*key) || !HasSecretKey(connection, *key)) {
    return connection.Damaged(operation, webhook);
  }
  connection
      .Fault(operation, absl::StrCat("the key ", FormatKeyId(*key),
                                     " is not in this server's key file"))
      .IgnoreError();
  return StorageUnavailable();
}

Statement ReceiverRow(Connection& connection, const Endpoint& endpoint) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT ", kWebhookColumns,
      " FROM webhooks WHERE project_id = ?1 AND id = ?2"
      " AND active = 1 AND url IS NOT NULL AND NOT EXISTS (SELECT"
      " 1 FROM projects WHERE id = ?1 AND deleted_at IS NOT NULL)"));
  Statement row = connection.Prepared(sql);
  BindUuid(row, 1, endpoint.project);
  BindUuid(row, 2, endpoint.webhook);
  return row;
}

}  // namespace

absl::StatusOr<StoredWebhook> ReadStored(Connection& connection,
                                         const Sealer& sealer, Statement& row) {
  StoredWebhook stored;
  v1::Webhook& webhook = stored.webhook;
  webhook.set_id_project(UuidColumn(row, kProjectColumn));
  webhook.set_id_webhook_endpoint(UuidColumn(row, kIdColumn));
  if (!row.IsNull(kDescriptionColumn)) {
    webhook.set_endpoint_description(TextColumn(row, kDescriptionColumn));
  }
  if (!row.IsNull(kUrlColumn)) webhook.set_url(TextColumn(row, kUrlColumn));
  auto secrets = OpenSecrets(sealer, BlobColumn(row, kSecretsColumn),
                             BlobColumn(row, kIdColumn));
  if (!secrets) {
    return CannotOpen(connection, sealer, BlobColumn(row, kSecretsColumn),
                      "open secrets", webhook.id_webhook_endpoint());
  }
  stored.secrets = *std::move(secrets);
  webhook.set_secret(stored.secrets.secrets(0).secret());
  webhook.set_active(row.Int(kActiveColumn) != 0);
  if (!row.IsNull(kScopeColumn)) {
    for (const absl::string_view type :
         absl::StrSplit(TextView(row, kScopeColumn), ',')) {
      webhook.add_scope(std::string(type));
    }
  }
  *webhook.mutable_created_at() = TimestampColumn(row, kCreatedAtColumn);
  *webhook.mutable_last_update() = TimestampColumn(row, kLastUpdateColumn);
  webhook.set_etag(EtagOf(webhook));
  if (!ReadSettings(sealer, row, webhook)) {
    return CannotOpen(connection, sealer, BlobColumn(row, kSettingsColumn),
                      "open settings", webhook.id_webhook_endpoint());
  }
  if (!row.IsNull(kDeactivationColumn)) {
    webhook.mutable_deactivation()->ParseFromString(
        std::string(BlobColumn(row, kDeactivationColumn)));
  }
  stored.resumed_at =
      OptionalTimeColumn(row, kResumedAtColumn).value_or(absl::InfinitePast());
  stored.failing_since = OptionalTimeColumn(row, kFailingSinceColumn);
  return stored;
}

absl::StatusOr<StoredWebhook> SelectStored(Connection& connection,
                                           const Sealer& sealer,
                                           absl::string_view project,
                                           absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kWebhookColumns,
                   " FROM webhooks WHERE project_id = ?1 AND id = ?2 AND"
                   " NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
                   " AND deleted_at IS NOT NULL)"));
  return connection.Guarded("select webhook",
                            [&]() -> absl::StatusOr<StoredWebhook> {
                              Statement row = connection.Prepared(sql);
                              BindUuid(row, 1, project);
                              BindUuid(row, 2, id);
                              if (!row.Step()) return WebhookNotFound(id);
                              return ReadStored(connection, sealer, row);
                            });
}

absl::StatusOr<std::optional<StoredWebhook>> SelectReceiver(
    Connection& connection, const Sealer& sealer, const Endpoint& endpoint) {
  using Found = std::optional<StoredWebhook>;
  return connection.Guarded("select receiver", [&]() -> absl::StatusOr<Found> {
    Statement row = ReceiverRow(connection, endpoint);
    if (!row.Step()) return Found();
    return ReadStored(connection, sealer, row);
  });
}

void PrefetchReceiver(Connection& connection, const Endpoint& endpoint) {
  ReceiverRow(connection, endpoint).Prefetch();
}

bool HasWebhook(Connection& connection, absl::string_view project,
                absl::string_view id) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM webhooks WHERE project_id = ? AND id = ?");
  BindUuid(row, 1, project);
  BindUuid(row, 2, id);
  return row.Step();
}

}  // namespace webhooks::sql
