#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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

// Returns the statement that lets the role of the connection migrate the
// database; "" if it may.
absl::StatusOr<std::string> MissingGrant(sql::Connection& connection);

// Returns the keys of this program, which outlive the caller. `must_exist`: the
// database has texts that are sealed.
using SealerSource =
    absl::FunctionRef<absl::StatusOr<const Sealer*>(bool must_exist)>;

// Brings the schema to the newest version that is known, with one transaction
// per migration. Several servers may call it at once. FAILED_PRECONDITION: see
// ReadSchemaVersion, or the role may not migrate. UNAVAILABLE: another
// transaction locks the tables. Messages are for the operator.
absl::Status MigrateSchema(Connection& connection,
                           Migrations migrations = AllMigrations());

// The same, and adds the key that seals from now on. Calls `sealer` before it
// changes anything if the database has sealed texts, and again while it tells
// the other servers of the first key: no other server can begin to seal
// meanwhile. FAILED_PRECONDITION: also if the database has texts sealed under a
// key that the sealer lacks; nothing is changed, except that an empty database
// has its tables then. UNAVAILABLE: also if an import holds the lock of
// LockSecretKeys. Errors of `sealer` are passed on.
absl::Status Migrate(Connection& connection, SealerSource sealer,
                     Migrations migrations = AllMigrations());

// Locks the table secret_keys until the transaction ends. Migrate, also that of
// other processes, waits for 3 seconds for it, and returns UNAVAILABLE then.
absl::Status LockSecretKeys(Connection& connection);

// Removes from the schema what only programs of older versions need, if every
// server of the table servers knows the newer version. Such programs do not
// start any more then. Leaves it for the next call if a server of an older
// version joins meanwhile.
absl::Status Contract(Connection& connection,
                      Migrations migrations = AllMigrations());

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_MIGRATIONS_H_
