#include "storage/sqlite/operator/transfer.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/last_fault.h"
#include "storage/sql/transfer/export.h"
#include "storage/sqlite/engine/locked_database.h"
#include "storage/sqlite/engine/migrations.h"
#include "storage/sqlite/operator/snapshot.h"

namespace webhooks::sqlite {
namespace {

absl::Status MakeReady(Connection& connection, const Sealer& sealer,
                       std::optional<std::int64_t> max_bytes) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) {
    absl::Status migrated = Migrate(connection, sealer);
    if (!migrated.ok()) return migrated;
  } else if (*version < NewestSchemaVersion()) {
    return sql::NotMigrated(*version, NewestSchemaVersion());
  }
  return max_bytes ? connection.LimitSize(*max_bytes) : absl::OkStatus();
}

// Returns true if the last statement has failed because the database has a row
// with the same key.
bool IsKeyTaken(const Connection& connection) {
  const int code = sqlite3_extended_errcode(connection.handle());
  return code == SQLITE_CONSTRAINT_PRIMARYKEY ||
         code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_ROWID;
}

absl::StatusOr<Transfer> RunImport(Connection& connection, sql::Import& import,
                                   const LastFault& fault) {
  absl::Status begun = connection.Begin();
  if (!begun.ok()) return begun;
  auto transfer = import.Run(connection);
  if (transfer.ok()) {
    absl::Status committed = connection.Commit();
    if (!committed.ok()) transfer = committed;
  }
  const bool is_key_taken = IsKeyTaken(connection);
  if (connection.InTransaction()) connection.RollBack();
  if (transfer.ok()) return transfer;
  const absl::Status explained = fault.Explain(transfer.status());
  if (!is_key_taken || absl::IsAlreadyExists(explained) ||
      absl::IsDataLoss(explained)) {
    return explained;
  }
  return absl::AlreadyExistsError(absl::StrCat(
      "the database already has a record with the key of one in the stream: ",
      explained.message()));
}

absl::StatusOr<Transfer> ImportInto(const std::string& path,
                                    std::optional<std::int64_t> max_bytes,
                                    sql::Import& import) {
  LastFault fault;
  auto database = OpenLocked(path, fault);
  if (!database.ok()) return database.status();
  Connection& writer = *database->writer;
  absl::Status ready = MakeReady(writer, import.sealer(), max_bytes);
  if (!ready.ok()) return fault.Explain(ready);
  return RunImport(writer, import, fault);
}

}  // namespace

absl::StatusOr<Transfer> Export(const std::string& path,
                                absl::string_view project, absl::Time now,
                                const ByteSink& sink) {
  auto snapshot = OpenSnapshot(path);
  if (!snapshot.ok()) return snapshot.status();
  const auto version = SnapshotVersion(*snapshot);
  if (!version.ok()) return version.status();
  if (*version < NewestSchemaVersion()) {
    return sql::NotMigrated(*version, NewestSchemaVersion());
  }
  auto transfer = sql::ExportRows(**snapshot, project, now, sink);
  if (!transfer.ok()) return snapshot->Explain(transfer.status());
  return transfer;
}

absl::StatusOr<Transfer> Import(const std::string& path,
                                std::optional<std::int64_t> max_bytes,
                                sql::Import& import) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(path, error);
  auto transfer = ImportInto(path, max_bytes, import);
  if (!transfer.ok() && is_new) {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::filesystem::remove(absl::StrCat(path, suffix), error);
    }
  }
  return transfer;
}

}  // namespace webhooks::sqlite
