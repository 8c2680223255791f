#include "storage/sqlite/migrations.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace webhooks::sqlite {
namespace {

struct Migration {
  int number;
  const char* name;
  const char* sql;
};

constexpr Migration kMigrations[] = {
#include "storage/sqlite/migrations.inc"
};

constexpr int kNewest = kMigrations[std::size(kMigrations) - 1].number;

// "whks", as `file` and the sqlite3 shell see it.
constexpr std::int64_t kApplicationId = 0x77686b73;

std::int64_t ReadNumber(Connection& connection, const char* sql) {
  Statement statement = connection.Prepared(sql);
  statement->executeStep();
  return statement->getColumn(0).getInt64();
}

// Whether the file is empty, ours, or neither.
absl::Status CheckOwner(Connection& connection) {
  const std::int64_t owner = ReadNumber(connection, "PRAGMA application_id");
  const std::int64_t tables =
      ReadNumber(connection, "SELECT count(*) FROM sqlite_schema");
  if (owner == kApplicationId || (owner == 0 && tables == 0)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "the file is a SQLite database of another program");
}

absl::Status Apply(Connection& connection, const Migration& migration) {
  const std::string script =
      absl::StrCat("BEGIN IMMEDIATE;", migration.sql,
                   ";PRAGMA application_id = ", kApplicationId,
                   ";PRAGMA user_version = ", migration.number, ";COMMIT;");
  char* error = nullptr;
  if (sqlite3_exec(connection.handle(), script.c_str(), nullptr, nullptr,
                   &error) == SQLITE_OK) {
    return absl::OkStatus();
  }
  absl::Status status = absl::UnavailableError(absl::StrCat(
      "migration ", migration.number, "_", migration.name, ": ", error));
  sqlite3_free(error);
  sqlite3_exec(connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  return status;
}

}  // namespace

absl::Status Migrate(Connection& connection) {
  std::int64_t version = 0;
  absl::Status readable =
      connection.Guarded("read schema version", [&]() -> absl::Status {
        version = ReadNumber(connection, "PRAGMA user_version");
        return CheckOwner(connection);
      });
  if (!readable.ok()) return readable;
  if (version > kNewest) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema version ", version,
                     "; this program knows versions up to ", kNewest));
  }
  if (absl::Status wal = connection.UseWriteAheadLog(); !wal.ok()) return wal;
  for (const Migration& migration : kMigrations) {
    if (migration.number <= version) continue;
    if (absl::Status status = Apply(connection, migration); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace webhooks::sqlite
