#include "storage/sqlite/engine/migrations.h"

#include <cstdint>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/sql/rows/secret_key_rows.h"
#include "storage/sqlite/engine/sealing_functions.h"

namespace webhooks::sqlite {
namespace {

struct Migration {
  int number;
  const char* name;
  const char* sql;
};

constexpr Migration kMigrations[] = {
#include "storage/sqlite/engine/migrations.inc"
};

constexpr int kNewest = kMigrations[std::size(kMigrations) - 1].number;

// The first version with sealed secrets.
constexpr int kFirstSealed = 2;

// "whks" in ASCII.
constexpr std::int64_t kApplicationId = 0x77686b73;

std::int64_t ReadNumber(Connection& connection, const char* sql) {
  Statement statement = connection.Prepared(sql);
  statement.Step();
  return statement.Int64(0);
}

// Returns OK if the file is empty or belongs to this service.
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

absl::Status Perform(Connection& connection, const Migration& migration) {
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

// Applies the migrations after `version`. Overwrites the content that they
// delete.
absl::Status ApplyFrom(int version, Connection& connection,
                       const Sealer& sealer) {
  AddSealingFunctions(connection.handle(), sealer);
  absl::Status status = connection.SetErasure(Connection::Erasure::kAlways);
  for (const Migration& migration : kMigrations) {
    if (migration.number <= version) continue;
    if (status.ok()) status = Perform(connection, migration);
  }
  if (!status.ok()) return status;
  return connection.SetErasure(Connection::Erasure::kFast);
}

// Empties the write-ahead log, which may hold secrets in clear text. `version`
// is the version of the database before the migration. From kFirstSealed on,
// the log holds clear text only if an earlier start was interrupted. So an
// error does not stop the start then: another program may read, the observer
// gets the fault, and the next start tries again.
absl::Status EmptyLog(int version, Connection& connection) {
  absl::Status emptied = connection.TruncateLog();
  return version < kFirstSealed ? emptied : absl::OkStatus();
}

}  // namespace

int NewestSchemaVersion() { return kNewest; }

absl::StatusOr<int> ReadSchemaVersion(Connection& connection) {
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
  return static_cast<int>(version);
}

absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(Connection& connection) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version < kFirstSealed) return std::vector<SecretKey::Id>();
  return sql::SelectSecretKeys(connection);
}

absl::Status Migrate(Connection& connection, const Sealer& sealer) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version >= kFirstSealed) {
    absl::Status known = sql::CheckSecretKeys(connection, sealer);
    if (!known.ok()) return known;
  }
  if (absl::Status wal = connection.UseWriteAheadLog(); !wal.ok()) return wal;
  if (*version < kNewest) {
    absl::Status applied = ApplyFrom(*version, connection, sealer);
    if (!applied.ok()) return applied;
  }
  absl::Status emptied = EmptyLog(*version, connection);
  if (!emptied.ok()) return emptied;
  // The next start needs the key that seals from now on.
  return sql::InsertSecretKey(connection, sealer.sealing_key());
}

}  // namespace webhooks::sqlite
