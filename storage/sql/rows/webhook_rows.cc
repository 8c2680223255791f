#include "storage/sql/rows/webhook_rows.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/changes.h"
#include "storage/deactivation.h"
#include "storage/errors.h"
#include "storage/etag.h"
#include "storage/sealed_secrets.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/event_rows.h"
#include "storage/sql/rows/subscription_rows.h"
#include "storage/sql/rows/webhook_reader.h"

namespace webhooks::sql {
namespace {

// Counts another webhook of the project, if it may have one more.
absl::Status CountWebhook(Connection& connection, const std::string& project) {
  Statement update = connection.Prepared(
      "UPDATE projects SET webhook_count = webhook_count + ?1 WHERE id = ?2"
      " AND deleted_at IS NULL"
      " AND (max_webhooks IS NULL OR webhook_count + ?1 <= max_webhooks)");
  update.Bind(1, 1);
  BindUuid(update, 2, project);
  if (update.ExecuteToAdd(1)) return absl::OkStatus();
  absl::Status exists = CheckProject(connection, project);
  return exists.ok() ? WebhookLimitReached() : exists;
}

void UncountWebhook(Connection& connection, absl::string_view project) {
  Statement update = connection.Prepared(
      "UPDATE projects SET webhook_count = webhook_count - 1 WHERE id = ?");
  BindUuid(update, 1, project);
  update.Execute();
}

Endpoint EndpointOf(const v1::Webhook& webhook) {
  return {webhook.id_project(), webhook.id_webhook_endpoint()};
}

// The columns `description`, `url` and `scope`.
struct TextColumns {
  explicit TextColumns(const v1::Webhook& given)
      : webhook(given), scope(absl::StrJoin(given.scope(), ",")) {}

  // Binds them from parameter `index` on.
  void Bind(Statement& statement, int index) const {
    if (webhook.has_endpoint_description()) {
      BindText(statement, index, webhook.endpoint_description());
    }
    if (webhook.has_url()) BindText(statement, index + 1, webhook.url());
    if (!scope.empty()) BindText(statement, index + 2, scope);
  }

  const v1::Webhook& webhook;
  const std::string scope;
};

// Returns the column `settings`, or "" for NULL.
std::string SealedSettings(const Sealer& sealer, const v1::Webhook& webhook) {
  if (!webhook.has_delivery()) return "";
  return SealSettings(sealer, webhook.delivery().SerializeAsString(),
                      UuidBytes(webhook.id_webhook_endpoint()));
}

// Binds `bytes`, or NULL if there are none.
void BindOrNull(Statement& statement, int index, const std::string& bytes) {
  if (!bytes.empty()) BindBytes(statement, index, bytes);
}

// Writes the fields of a webhook that can change, except its secrets.
absl::Status UpdateWebhookRow(Connection& connection, const Sealer& sealer,
                              const StoredWebhook& stored) {
  const v1::Webhook& webhook = stored.webhook;
  const TextColumns texts(webhook);
  const std::string settings = SealedSettings(sealer, webhook);
  const std::string deactivation = webhook.deactivation().SerializeAsString();
  return connection.Guarded("update webhook", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET description = ?, url = ?, scope = ?, active = ?,"
        " last_update = ?, settings = ?, deactivation = ?, resumed_at = ?,"
        " failing_since = ? WHERE project_id = ? AND id = ?");
    texts.Bind(update, 1);
    update.Bind(4, webhook.active() ? 1 : 0);
    BindTime(update, 5, webhook.last_update());
    BindOrNull(update, 6, settings);
    BindOrNull(update, 7, deactivation);
    if (stored.resumed_at > absl::InfinitePast()) {
      BindTime(update, 8, stored.resumed_at);
    }
    if (stored.failing_since) {
      BindTime(update, 9, *stored.failing_since);
    }
    BindUuid(update, 10, webhook.id_project());
    BindUuid(update, 11, webhook.id_webhook_endpoint());
    update.Execute();
    return absl::OkStatus();
  });
}

absl::Status UpdateSecrets(Connection& connection, const Sealer& sealer,
                           const StoredWebhook& stored) {
  const std::string sealed =
      SealSecrets(sealer, stored.secrets, stored.webhook.id_webhook_endpoint());
  return connection.Guarded("update secrets", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET secrets = ?, last_update = ?"
        " WHERE project_id = ? AND id = ?");
    BindBytes(update, 1, sealed);
    BindTime(update, 2, stored.webhook.last_update());
    BindUuid(update, 3, stored.webhook.id_project());
    BindUuid(update, 4, stored.webhook.id_webhook_endpoint());
    update.Execute();
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<v1::Webhook> InsertWebhook(Connection& connection,
                                          const Sealer& sealer,
                                          v1::Webhook webhook) {
  const TextColumns texts(webhook);
  const std::string sealed = SealFirstSecret(sealer, webhook);
  const std::string settings = SealedSettings(sealer, webhook);
  absl::Status status =
      connection.Guarded("insert webhook", [&]() -> absl::Status {
        absl::Status counted = CountWebhook(connection, webhook.id_project());
        if (!counted.ok()) return counted;
        Statement insert = connection.Prepared(
            "INSERT INTO webhooks (project_id, id, description, url, scope,"
            " secrets, active, created_at, last_update, settings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        BindUuid(insert, 1, webhook.id_project());
        BindUuid(insert, 2, webhook.id_webhook_endpoint());
        texts.Bind(insert, 3);
        BindBytes(insert, 6, sealed);
        insert.Bind(7, webhook.active() ? 1 : 0);
        BindTime(insert, 8, webhook.created_at());
        BindTime(insert, 9, webhook.last_update());
        BindOrNull(insert, 10, settings);
        insert.Execute();
        InsertSubscriptions(connection, webhook);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  webhook.set_etag(EtagOf(webhook));
  return webhook;
}

absl::StatusOr<v1::Webhook> SelectWebhook(Connection& connection,
                                          const Sealer& sealer,
                                          absl::string_view project,
                                          absl::string_view id) {
  auto stored = SelectStored(connection, sealer, project, id);
  if (!stored.ok()) return stored.status();
  return std::move(stored->webhook);
}

absl::StatusOr<v1::Webhook> ChangeWebhook(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const v1::UpdateWebhookRequest& change, absl::Time now,
    Notifications& notifications) {
  auto stored = SelectStored(connection, sealer, project, change.id());
  if (!stored.ok()) return stored.status();
  absl::Status status = CheckEtag(change.etag(), stored->webhook);
  if (!status.ok()) return status;
  const v1::Webhook before = stored->webhook;
  if (!Apply(change, now, stored->webhook)) return before;
  status = WriteChange(connection, sealer, before, now, *stored, notifications);
  if (!status.ok()) return status;
  return std::move(stored->webhook);
}

absl::Status WriteChange(Connection& connection, const Sealer& sealer,
                         const v1::Webhook& before, absl::Time now,
                         StoredWebhook& stored, Notifications& notifications) {
  v1::Webhook& webhook = stored.webhook;
  connection.ForgetPrefetched();
  notifications.AddUrgent(EndpointOf(webhook), now);
  UpdateHealth(before, now, stored);
  absl::Status status = UpdateWebhookRow(connection, sealer, stored);
  if (status.ok() &&
      !std::equal(before.scope().begin(), before.scope().end(),
                  webhook.scope().begin(), webhook.scope().end())) {
    status = connection.Guarded("subscribe", [&]() -> absl::Status {
      DeleteSubscriptions(connection, before);
      InsertSubscriptions(connection, webhook);
      return absl::OkStatus();
    });
  }
  if (status.ok()) webhook.set_etag(EtagOf(webhook));
  return status;
}

absl::StatusOr<v1::Webhook> DeleteWebhook(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const v1::DeleteWebhookRequest& webhook, Notifications& notifications) {
  auto found = SelectWebhook(connection, sealer, project, webhook.id());
  if (!found.ok()) return found;
  absl::Status status = CheckEtag(webhook.etag(), *found);
  if (!status.ok()) return status;
  status = connection.Guarded("delete webhook", [&]() -> absl::Status {
    Statement erase = connection.Prepared(
        "DELETE FROM webhooks WHERE project_id = ? AND id = ?");
    BindUuid(erase, 1, project);
    BindUuid(erase, 2, webhook.id());
    erase.Execute();
    UncountWebhook(connection, project);
    DeleteSubscriptions(connection, *found);
    InsertRemovedWebhook(connection, webhook.id());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  notifications.AddChanged(EndpointOf(*found), absl::InfiniteFuture());
  return found;
}

absl::StatusOr<v1::Webhook> RotateSecret(Connection& connection,
                                         const Sealer& sealer,
                                         absl::string_view project,
                                         const SecretRotation& rotation,
                                         Notifications& notifications) {
  auto stored = SelectStored(connection, sealer, project, rotation.id);
  if (!stored.ok()) return stored.status();
  absl::Status status = CheckEtag(rotation.etag, stored->webhook);
  if (status.ok()) status = Apply(rotation, stored->webhook, stored->secrets);
  if (status.ok()) status = UpdateSecrets(connection, sealer, *stored);
  if (!status.ok()) return status;
  notifications.AddChanged(EndpointOf(stored->webhook), rotation.now);
  stored->webhook.set_etag(EtagOf(stored->webhook));
  return std::move(stored->webhook);
}

void InsertRemovedWebhook(Connection& connection, absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat("INSERT INTO removed_webhooks (id) SELECT webhook_id FROM"
                   " deliveries WHERE webhook_id = ? AND ",
                   kIsPending, " LIMIT 1 ON CONFLICT DO NOTHING"));
  Statement insert = connection.Prepared(sql);
  BindUuid(insert, 1, id);
  insert.Execute();
}

absl::StatusOr<v1::WebhookSecrets> SelectSecrets(Connection& connection,
                                                 const Sealer& sealer,
                                                 absl::string_view project,
                                                 absl::string_view id) {
  auto stored = SelectStored(connection, sealer, project, id);
  if (!stored.ok()) return stored.status();
  return std::move(stored->secrets);
}

}  // namespace webhooks::sql
