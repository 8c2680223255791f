#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/postgres/engine/connection.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"

namespace webhooks::postgres {

// A step to a version of the schema. Programs of the version before it must
// work after its statements. What they need is removed by the statements behind
// the line kContracts, once every server knows the version; these must change
// the catalogue alone, so that they take no time.
struct Migration {
  static constexpr absl::string_view kContracts = "-- Contracts\n";

  int number;  // the version
  const char* name;
  const char* sql;
};
using Migrations = absl::Span<const Migration>;

// The migrations that this program knows, in the order of their numbers. The
// functions below take others in tests.
Migrations AllMigrations();

// Returns the newest version that this program knows.
inline int NewestSchemaVersion(Migrations migrations = AllMigrations()) {
  return migrations.back().number;
}

// Returns the version of the schema, which can be newer than the newest that
// this program knows; 0 if the database has none of the service's tables.
// Changes nothing. FAILED_PRECONDITION: the schema webhooks belongs to another
// program, lacks what this program needs (see Contract), or the database's
// encoding is not UTF-8. Messages are for the operator.
absl::StatusOr<int> ReadSchemaVersion(sql::Connection& connection,
                                      Migrations migrations = AllMigrations());

// Returns the keys under which the database has sealed texts. Errors are those
// of ReadSchemaVersion.
absl::StatusOr<std::vector<SecretKey::Id>> SealedUnder(
    sql::Connection& connection);

// Brings the schema to the newest version that is known, with one transaction
// per migration. Several servers may call it at once. FAILED_PRECONDITION: see
// ReadSchemaVersion. Messages are for the operator.
absl::Status MigrateSchema(Connection& connection,
                           Migrations migrations = AllMigrations());

// The same, and adds the key that `sealer` seals with from now on.
// FAILED_PRECONDITION: also if the database has texts sealed under a key that
// `sealer` lacks; nothing is changed. UNAVAILABLE: an import holds the lock of
// LockSecretKeys.
absl::Status Migrate(Connection& connection, const Sealer& sealer,
                     Migrations migrations = AllMigrations());

// Makes Migrate, also that of other processes, wait before it adds its key, and
// then fail, until the end of the transaction.
absl::Status LockSecretKeys(Connection& connection);

// Removes from the schema what only programs of older versions need, if every
// server of the table servers knows the newer version. Such programs do not
// start any more then.
absl::Status Contract(Connection& connection,
                      Migrations migrations = AllMigrations());

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
