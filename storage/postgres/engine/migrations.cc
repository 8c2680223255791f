#include "storage/postgres/engine/migrations.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/secret_key_rows.h"

namespace webhooks::postgres {
namespace {

constexpr Migration kMigrations[] = {
#include "storage/postgres/engine/migrations.inc"
};

// The number of times that a migration is tried which other servers may perform
// at the same time.
constexpr int kMaxTries = 60;
constexpr absl::Duration kRetryAfter = absl::Milliseconds(250);

// A statement that waits for a table makes all others wait behind it, such as
// the beats of the servers. So it gives up soon, and is tried again.
constexpr absl::string_view kShortWait = "SET LOCAL lock_timeout = '500ms'";

// The time for which a start waits for the end of an import.
constexpr absl::string_view kWaitForImport = "SET LOCAL lock_timeout = '3s'";

// Names the lock that a migration holds: "whks" in ASCII.
constexpr int kLock = 0x77686b73;

std::string ReadText(sql::Connection& connection, absl::string_view query) {
  sql::Statement row = connection.Prepared(query);
  return row.Step() && !row.IsNull(0) ? sql::TextColumn(row, 0) : "";
}

// Returns the statements that expand the schema, and those that contract it.
std::pair<absl::string_view, absl::string_view> PartsOf(
    const Migration& migration) {
  return absl::StrSplit(migration.sql,
                        absl::MaxSplits(Migration::kContracts, 1));
}

void AddStatements(absl::string_view sql,
                   std::vector<std::string>& statements) {
  for (const absl::string_view statement :
       absl::StrSplit(sql, ";\n", absl::SkipWhitespace())) {
    statements.emplace_back(statement);
  }
}

// Returns true if every server knows the version, and it is not contracted.
absl::StatusOr<bool> MayContract(Connection& connection, int version) {
  return connection.Guarded("read schema", [&]() -> absl::StatusOr<bool> {
    sql::Statement row = connection.Prepared(
        "SELECT 1 FROM schema_version WHERE version = ?1 AND NOT is_contracted"
        " AND NOT EXISTS (SELECT 1 FROM servers WHERE schema < ?1)");
    row.Bind(1, version);
    return row.Step();
  });
}

absl::Status Perform(Connection& connection, const Migration& migration) {
  std::vector<std::string> statements = {
      std::string(kShortWait),
      absl::StrCat("SELECT pg_advisory_xact_lock(", kLock, ")"),
      "CREATE SCHEMA IF NOT EXISTS webhooks",
      "CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY,"
      " is_contracted boolean NOT NULL DEFAULT false)",
      // Fails if another server has performed it.
      absl::StrCat("INSERT INTO schema_version VALUES (", migration.number,
                   ")")};
  AddStatements(PartsOf(migration).first, statements);
  return connection.RunScript(
      absl::StrCat("migration ", migration.number, "_", migration.name),
      statements);
}

// Returns the sealer, if it has all keys that the database needs.
absl::StatusOr<const Sealer*> KnownSealer(Connection& connection,
                                          SealerSource source) {
  const auto needed = sql::SelectSecretKeys(connection);
  if (!needed.ok()) return needed.status();
  const auto sealer = source(/*must_exist=*/!needed->empty());
  if (!sealer.ok()) return sealer.status();
  absl::Status known = sql::CheckSecretKeys(connection, **sealer);
  if (!known.ok()) return known;
  return *sealer;
}

absl::Status LockAndAddSecretKey(Connection& connection, SealerSource source) {
  absl::Status locked = LockSecretKeys(connection);
  if (!locked.ok()) return locked;
  const auto sealer = KnownSealer(connection, source);
  if (!sealer.ok()) return sealer.status();
  absl::Status added =
      sql::InsertSecretKey(connection, (*sealer)->sealing_key());
  return added.ok() ? connection.Commit() : added;
}

// Adds the key that seals from now on, unless another server has just begun to
// seal under a key that this one lacks.
absl::Status AddSecretKey(Connection& connection, SealerSource source) {
  absl::Status status = connection.Begin();
  if (!status.ok()) return status;
  status = connection.Execute("wait for an import", kWaitForImport);
  if (status.ok()) status = LockAndAddSecretKey(connection, source);
  if (connection.InTransaction()) connection.RollBack();
  return status;
}

// Checks the keys if the database has sealed texts.
absl::Status CheckSealedTexts(Connection& connection, SealerSource source) {
  const auto needed = sql::SelectSecretKeys(connection);
  if (!needed.ok() || needed->empty()) return needed.status();
  return KnownSealer(connection, source).status();
}

absl::Status CheckMayMigrate(Connection& connection) {
  const auto grant = MissingGrant(connection);
  if (!grant.ok() || grant->empty()) return grant.status();
  return absl::FailedPreconditionError(
      absl::StrCat("its role may not create tables; run: ", *grant));
}

}  // namespace

Migrations AllMigrations() { return kMigrations; }

absl::StatusOr<int> ReadSchemaVersion(sql::Connection& connection,
                                      Migrations migrations) {
  return connection.Guarded("read schema", [&]() -> absl::StatusOr<int> {
    const std::string encoding = ReadText(connection, "SHOW server_encoding");
    if (encoding != "UTF8") {
      return absl::FailedPreconditionError(
          absl::StrCat("the database's encoding is ", encoding, ", not UTF8"));
    }
    // In one statement: another server may be creating the schema.
    sql::Statement tables = connection.Prepared(
        "SELECT count(*), count(*) FILTER (WHERE tablename = 'schema_version')"
        " FROM pg_tables WHERE schemaname = 'webhooks'");
    tables.Step();
    if (tables.Int(0) == 0) return 0;
    if (tables.Int(1) == 0) {
      return absl::FailedPreconditionError(
          "the schema webhooks belongs to another program");
    }
    sql::Statement row = connection.Prepared(
        "SELECT ifnull(max(version), 0), ifnull(max(version) FILTER"
        " (WHERE is_contracted), 0) FROM webhooks.schema_version");
    row.Step();
    const int needed = row.Int(1);
    const int newest = NewestSchemaVersion(migrations);
    if (needed <= newest) return row.Int(0);
    return absl::FailedPreconditionError(
        absl::StrCat("the database needs programs that know version ", needed,
                     " of its schema; this one knows versions up to ", newest));
  });
}

absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(
    sql::Connection& connection) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) return std::vector<SecretKey::Id>();
  return sql::SelectSecretKeys(connection);
}

absl::StatusOr<std::string> MissingGrant(sql::Connection& connection) {
  return connection.Guarded("read privilege", [&] {
    return absl::StatusOr<std::string>(ReadText(
        connection,
        "SELECT format('GRANT CREATE ON DATABASE %I TO %I',"
        " current_database(), current_user)"
        " WHERE NOT has_database_privilege(current_database(), 'CREATE')"));
  });
}

absl::Status MigrateSchema(Connection& connection, Migrations migrations) {
  const int newest = NewestSchemaVersion(migrations);
  auto version = ReadSchemaVersion(connection, migrations);
  if (!version.ok()) return version.status();
  if (*version < newest) {
    absl::Status allowed = CheckMayMigrate(connection);
    if (!allowed.ok()) return allowed;
  }
  absl::Status performed;
  bool is_kept_out = false;
  for (int tries = 0; *version < newest && tries < kMaxTries; ++tries) {
    if (!performed.ok()) absl::SleepFor(kRetryAfter);
    for (const Migration& migration : migrations) {
      if (migration.number == *version + 1) {
        performed = Perform(connection, migration);
        is_kept_out = connection.LostToAnother();
      }
    }
    version = ReadSchemaVersion(connection, migrations);
    if (!version.ok()) return version.status();
  }
  if (*version >= newest) return absl::OkStatus();
  if (!is_kept_out) return performed;
  return absl::UnavailableError(
      "another transaction keeps the migration from its tables");
}

absl::Status Migrate(Connection& connection, SealerSource sealer,
                     Migrations migrations) {
  const auto version = ReadSchemaVersion(connection, migrations);
  if (!version.ok()) return version.status();
  absl::Status status;
  if (*version > 0) status = CheckSealedTexts(connection, sealer);
  if (status.ok()) status = MigrateSchema(connection, migrations);
  if (status.ok()) status = AddSecretKey(connection, sealer);
  return status;
}

absl::Status LockSecretKeys(Connection& connection) {
  return connection.Guarded(
      "lock secret_keys, which an import may hold", [&]() -> absl::Status {
        connection.Prepared("LOCK TABLE secret_keys IN EXCLUSIVE MODE")
            .ExecuteAndCount();
        return absl::OkStatus();
      });
}

absl::Status Contract(Connection& connection, Migrations migrations) {
  for (const Migration& migration : migrations) {
    const absl::string_view sql = PartsOf(migration).second;
    if (sql.empty()) continue;
    const auto may_contract = MayContract(connection, migration.number);
    if (!may_contract.ok()) return may_contract.status();
    if (!*may_contract) continue;
    // No server joins meanwhile. If one has joined since, the transaction is
    // lost to that.
    std::vector<std::string> statements = {
        std::string(kShortWait),
        "LOCK TABLE servers IN SHARE ROW EXCLUSIVE MODE",
        absl::StrCat("DO $$ BEGIN IF EXISTS (SELECT 1 FROM servers WHERE"
                     " schema < ",
                     migration.number,
                     ") THEN RAISE serialization_failure; END IF; END $$")};
    AddStatements(sql, statements);
    statements.push_back(absl::StrCat(
        "UPDATE schema_version SET is_contracted = true WHERE version = ",
        migration.number));
    absl::Status status = connection.RunScript(
        absl::StrCat("contract schema ", migration.number), statements);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace webhooks::postgres
