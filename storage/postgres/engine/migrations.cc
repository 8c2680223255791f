#include "storage/postgres/engine/migrations.h"

#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/secret_key_rows.h"

namespace webhooks::postgres {
namespace {

struct Migration {
  int number;
  const char* name;
  const char* sql;
};

constexpr Migration kMigrations[] = {
#include "storage/postgres/engine/migrations.inc"
};

constexpr int kNewest = kMigrations[std::size(kMigrations) - 1].number;

// The number of times that a migration is tried which other servers may perform
// at the same time.
constexpr int kMaxTries = 10;

// Names the lock that a migration holds: "whks" in ASCII.
constexpr int kLock = 0x77686b73;

std::string ReadText(sql::Connection& connection, absl::string_view query) {
  sql::Statement row = connection.Prepared(query);
  return row.Step() && !row.IsNull(0) ? sql::TextColumn(row, 0) : "";
}

absl::Status Perform(Connection& connection, const Migration& migration) {
  std::vector<std::string> statements = {
      absl::StrCat("SELECT pg_advisory_xact_lock(", kLock, ")"),
      "CREATE SCHEMA IF NOT EXISTS webhooks",
      "CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)",
      // Fails if another server has performed it.
      absl::StrCat("INSERT INTO schema_version VALUES (", migration.number,
                   ")")};
  for (const absl::string_view statement :
       absl::StrSplit(migration.sql, ";\n", absl::SkipWhitespace())) {
    statements.emplace_back(statement);
  }
  return connection.RunScript(
      absl::StrCat("migration ", migration.number, "_", migration.name),
      statements);
}

// Adds the key that seals from now on, unless another server has just begun to
// seal under a key that this one lacks.
absl::Status AddSecretKey(Connection& connection, const Sealer& sealer) {
  absl::Status status = connection.Begin();
  if (!status.ok()) return status;
  status = connection.Execute("lock secret keys",
                              "LOCK TABLE secret_keys IN EXCLUSIVE MODE");
  if (status.ok()) status = sql::CheckSecretKeys(connection, sealer);
  if (status.ok()) {
    status = sql::InsertSecretKey(connection, sealer.sealing_key());
  }
  if (status.ok()) status = connection.Commit();
  if (connection.InTransaction()) connection.RollBack();
  return status;
}

}  // namespace

int NewestSchemaVersion() { return kNewest; }

absl::StatusOr<int> ReadSchemaVersion(sql::Connection& connection) {
  return connection.Guarded("read schema", [&]() -> absl::StatusOr<int> {
    const std::string encoding = ReadText(connection, "SHOW server_encoding");
    if (encoding != "UTF8") {
      return absl::FailedPreconditionError(
          absl::StrCat("the database's encoding is ", encoding, ", not UTF8"));
    }
    if (ReadText(connection,
                 "SELECT 'there' WHERE"
                 " to_regclass('webhooks.schema_version') IS NOT NULL")
            .empty()) {
      const std::string other = ReadText(
          connection,
          "SELECT tablename::text FROM pg_tables WHERE schemaname = 'webhooks'"
          " LIMIT 1");
      if (other.empty()) return 0;
      return absl::FailedPreconditionError(
          "the schema webhooks belongs to another program");
    }
    sql::Statement row =
        connection.Prepared("SELECT max(version) FROM schema_version");
    row.Step();
    const int version = row.IsNull(0) ? 0 : row.Int(0);
    if (version <= kNewest) return version;
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema version ", version,
                     "; this program knows versions up to ", kNewest));
  });
}

absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(
    sql::Connection& connection) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) return std::vector<SecretKey::Id>();
  return sql::SelectSecretKeys(connection);
}

absl::Status Migrate(Connection& connection, const Sealer& sealer) {
  auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version > 0) {
    absl::Status known = sql::CheckSecretKeys(connection, sealer);
    if (!known.ok()) return known;
  }
  absl::Status performed;
  for (int tries = 0; *version < kNewest && tries < kMaxTries; ++tries) {
    for (const Migration& migration : kMigrations) {
      if (migration.number == *version + 1) {
        performed = Perform(connection, migration);
      }
    }
    version = ReadSchemaVersion(connection);
    if (!version.ok()) return version.status();
  }
  if (*version < kNewest) return performed;
  return AddSecretKey(connection, sealer);
}

}  // namespace webhooks::postgres
