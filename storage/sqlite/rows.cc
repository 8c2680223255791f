#include "storage/sqlite/rows.h"

#include <string>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "storage/errors.h"
#include "storage/sqlite/columns.h"

namespace webhooks::sqlite {
namespace {

v1::Webhook ReadWebhook(Statement& row) {
  v1::Webhook webhook;
  webhook.set_id_project(UuidColumn(row, 0));
  webhook.set_id_webhook_endpoint(UuidColumn(row, 1));
  if (!row->isColumnNull(2)) {
    webhook.set_endpoint_description(TextColumn(row, 2));
  }
  if (!row->isColumnNull(3)) webhook.set_url(TextColumn(row, 3));
  webhook.set_secret(TextColumn(row, 4));
  webhook.set_active(row->getColumn(5).getInt() != 0);
  if (!row->isColumnNull(6)) {
    const std::string scope = TextColumn(row, 6);
    for (const absl::string_view type : absl::StrSplit(scope, ',')) {
      webhook.add_scope(std::string(type));
    }
  }
  *webhook.mutable_created_at() = TimeColumn(row, 7);
  *webhook.mutable_last_update() = TimeColumn(row, 8);
  return webhook;
}

}  // namespace

absl::StatusOr<bool> SelectAnyProject(Connection& connection) {
  return connection.Guarded(
      "look for a project", [&]() -> absl::StatusOr<bool> {
        Statement row = connection.Prepared("SELECT 1 FROM projects LIMIT 1");
        return row->executeStep();
      });
}

absl::Status InsertProject(Connection& connection, const v1::Project& project) {
  return connection.Guarded("insert project", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?)");
    BindUuid(insert, 1, project.id_project());
    BindText(insert, 2, project.name());
    BindTime(insert, 3, project.created_at());
    insert->exec();
    return absl::OkStatus();
  });
}

absl::Status InsertApiKey(Connection& connection, const v1::ApiKey& key,
                          const ApiKeyHash& hash) {
  return connection.Guarded("insert API key", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO api_keys (id, project_id, name, prefix, hash, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)");
    BindUuid(insert, 1, key.id_api_key());
    BindUuid(insert, 2, key.id_project());
    BindText(insert, 3, key.name());
    BindText(insert, 4, key.prefix());
    BindBlob(insert, 5, hash);
    BindTime(insert, 6, key.created_at());
    insert->exec();
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::ApiKey> SelectApiKey(Connection& connection,
                                        const ApiKeyHash& hash) {
  return connection.Guarded(
      "select API key", [&]() -> absl::StatusOr<v1::ApiKey> {
        Statement row = connection.Prepared(
            "SELECT id, project_id, name, prefix, created_at"
            " FROM api_keys WHERE hash = ?");
        BindBlob(row, 1, hash);
        if (!row->executeStep()) return ApiKeyNotFound();
        v1::ApiKey key;
        key.set_id_api_key(UuidColumn(row, 0));
        key.set_id_project(UuidColumn(row, 1));
        key.set_name(TextColumn(row, 2));
        key.set_prefix(TextColumn(row, 3));
        *key.mutable_created_at() = TimeColumn(row, 4);
        return key;
      });
}

absl::Status InsertWebhook(Connection& connection, const v1::Webhook& webhook) {
  const std::string scope = absl::StrJoin(webhook.scope(), ",");
  absl::Status status =
      connection.Guarded("insert webhook", [&]() -> absl::Status {
        Statement insert = connection.Prepared(
            "INSERT INTO webhooks (project_id, id, description, url, secret,"
            " active, scope, created_at, last_update)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        BindUuid(insert, 1, webhook.id_project());
        BindUuid(insert, 2, webhook.id_webhook_endpoint());
        if (webhook.has_endpoint_description()) {
          BindText(insert, 3, webhook.endpoint_description());
        }
        if (webhook.has_url()) BindText(insert, 4, webhook.url());
        BindText(insert, 5, webhook.secret());
        insert->bind(6, webhook.active() ? 1 : 0);
        if (!scope.empty()) BindText(insert, 7, scope);
        BindTime(insert, 8, webhook.created_at());
        BindTime(insert, 9, webhook.last_update());
        insert->exec();
        return absl::OkStatus();
      });
  if (absl::IsFailedPrecondition(status)) {
    return ProjectNotFound(webhook.id_project());
  }
  return status;
}

absl::StatusOr<v1::Webhook> SelectWebhook(Connection& connection,
                                          absl::string_view project,
                                          absl::string_view id) {
  return connection.Guarded(
      "select webhook", [&]() -> absl::StatusOr<v1::Webhook> {
        Statement row = connection.Prepared(
            "SELECT project_id, id, description, url, secret, active, scope,"
            " created_at, last_update"
            " FROM webhooks WHERE project_id = ? AND id = ?");
        BindUuid(row, 1, project);
        BindUuid(row, 2, id);
        if (!row->executeStep()) return WebhookNotFound(id);
        return ReadWebhook(row);
      });
}

}  // namespace webhooks::sqlite
