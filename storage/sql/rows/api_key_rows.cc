#include "storage/sql/rows/api_key_rows.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "storage/errors.h"
#include "storage/page_builder.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/project_rows.h"

namespace webhooks::sql {
namespace {

constexpr absl::string_view kKeyColumns =
    "api_keys.id, api_keys.project_id, api_keys.name, api_keys.prefix,"
    " api_keys.created_at, api_keys.last_used_at, api_keys.expires_at,"
    " api_keys.revoked_at";
constexpr int kKeyColumnCount = 8;

v1::ApiKey ReadKey(Statement& row) {
  v1::ApiKey key;
  key.set_id_api_key(UuidColumn(row, 0));
  key.set_id_project(UuidColumn(row, 1));
  key.set_name(TextColumn(row, 2));
  key.set_prefix(TextColumn(row, 3));
  *key.mutable_created_at() = TimestampColumn(row, 4);
  if (!row.IsNull(5)) *key.mutable_last_used_at() = TimestampColumn(row, 5);
  if (!row.IsNull(6)) *key.mutable_expires_at() = TimestampColumn(row, 6);
  if (!row.IsNull(7)) *key.mutable_revoked_at() = TimestampColumn(row, 7);
  return key;
}

// Selects a key, unless its project was deleted.
absl::StatusOr<v1::ApiKey> SelectApiKey(Connection& connection,
                                        absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kKeyColumns,
                   " FROM api_keys JOIN projects ON projects.id = project_id"
                   " WHERE api_keys.id = ? AND deleted_at IS NULL"));
  return connection.Guarded("select API key",
                            [&]() -> absl::StatusOr<v1::ApiKey> {
                              Statement row = connection.Prepared(sql);
                              BindUuid(row, 1, id);
                              if (!row.Step()) return ApiKeyNotFound();
                              return ReadKey(row);
                            });
}

}  // namespace

absl::Status InsertApiKey(Connection& connection, const v1::ApiKey& key,
                          const ApiKeyHash& hash) {
  return connection.Guarded("insert API key", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO api_keys (id, project_id, name, prefix, hash, created_at,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    BindUuid(insert, 1, key.id_api_key());
    BindUuid(insert, 2, key.id_project());
    BindText(insert, 3, key.name());
    BindText(insert, 4, key.prefix());
    BindBlob(insert, 5, hash);
    BindTime(insert, 6, key.created_at());
    if (key.has_expires_at()) BindTime(insert, 7, key.expires_at());
    insert.Execute();
    return absl::OkStatus();
  });
}

absl::StatusOr<KeyOwner> SelectKeyOwner(Connection& connection,
                                        const ApiKeyHash& hash) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT ", kKeyColumns, ", ", kProjectColumns,
      " FROM api_keys JOIN projects ON projects.id = api_keys.project_id"
      " WHERE hash = ? AND deleted_at IS NULL"));
  return connection.Guarded("find API key", [&]() -> absl::StatusOr<KeyOwner> {
    Statement row = connection.Prepared(sql);
    BindBlob(row, 1, hash);
    if (!row.Step()) return ApiKeyNotFound();
    return KeyOwner{ReadKey(row), ReadProject(row, kKeyColumnCount)};
  });
}

absl::StatusOr<Page<v1::ApiKey>> SelectApiKeys(
    Connection& connection, absl::string_view project,
    const PageStart<v1::ApiKey>& start) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kKeyColumns, " FROM api_keys",
                   " WHERE project_id = ? AND id > ? ORDER BY id"));
  const auto owner = SelectProject(connection, project);
  if (!owner.ok()) return owner.status();
  return connection.Guarded(
      "select API keys", [&]() -> absl::StatusOr<Page<v1::ApiKey>> {
        Statement row = connection.Streamed(sql);
        BindUuid(row, 1, project);
        BindUuid(row, 2, start.after);
        PageBuilder<v1::ApiKey> page(start);
        while (row.Step() && page.MoveTo(IdColumn(row, 0))) {
          page.Add(ReadKey(row));
        }
        return std::move(page).Take();
      });
}

absl::StatusOr<v1::ApiKey> RevokeApiKey(Connection& connection,
                                        absl::string_view id, absl::Time now) {
  auto key = SelectApiKey(connection, id);
  if (!key.ok() || key->has_revoked_at()) return key;
  *key->mutable_revoked_at() = ToTimestamp(now);
  return connection.Guarded(
      "revoke API key", [&]() -> absl::StatusOr<v1::ApiKey> {
        Statement update = connection.Prepared(
            "UPDATE api_keys SET revoked_at = ? WHERE id = ?");
        BindTime(update, 1, key->revoked_at());
        BindUuid(update, 2, id);
        update.Execute();
        return key;
      });
}

absl::Status UpdateLastUse(Connection& connection, absl::string_view id,
                           absl::Time now) {
  constexpr int kSecondsPerMinute = 60;
  const absl::Time minute = absl::FromUnixSeconds(
      absl::ToUnixSeconds(now) / kSecondsPerMinute * kSecondsPerMinute);
  return connection.Guarded("update use of API key", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE api_keys SET last_used_at = ?1"
        " WHERE id = ?2 AND ifnull(last_used_at, 0) < ?1");
    BindTime(update, 1, minute);
    BindUuid(update, 2, id);
    update.Execute();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sql
