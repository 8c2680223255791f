#include "storage/postgres/inspect_database.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/postgres/engine/migrations.h"
#include "storage/postgres/membership/database_state.h"
#include "storage/postgres/membership/living_members.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/project_rows.h"

namespace webhooks::postgres {
namespace {

using Server = InspectedServer;

absl::Status ReadProgram(sql::Connection& connection, bool needs_migration,
                         Server& server) {
  absl::Status read = connection.Guarded("read version", [&]() -> absl::Status {
    sql::Statement row = connection.Prepared(
        "SELECT split_part(current_setting('server_version'), ' ', 1)");
    row.Step();
    server.program = absl::StrCat("PostgreSQL ", sql::TextColumn(row, 0));
    return absl::OkStatus();
  });
  if (!read.ok() || !needs_migration) return read;
  auto grant = MissingGrant(connection);
  if (!grant.ok()) return grant.status();
  server.missing_grant = *std::move(grant);
  return absl::OkStatus();
}

absl::Status ReadStandbys(sql::Connection& connection, Server& server) {
  const auto awaited = CountAwaitedStandbys(connection);
  if (!awaited.ok()) return awaited.status();
  server.awaited_standbys = *awaited;
  const auto state = ReadDatabaseState(connection);
  if (!state.ok()) return state.status();
  server.connected_standbys = state->synchronous_standbys;
  return absl::OkStatus();
}

absl::Status ReadContent(sql::Connection& connection, Inspection& found) {
  const auto had_project = sql::HadFirstProject(connection);
  if (!had_project.ok()) return had_project.status();
  found.had_project = *had_project;
  auto keys = SealedUnder(connection);
  if (!keys.ok()) return keys.status();
  found.secret_keys = *std::move(keys);
  const auto counts = CountLivingMembers(connection);
  if (!counts.ok()) return counts.status();
  found.database_server->living_servers = counts->living;
  found.database_server->silent_servers = counts->silent;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Inspection> InspectDatabase(sql::Connection& connection,
                                           const Target& target) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  Inspection found;
  found.schema_version = *version;
  found.newest_version = NewestSchemaVersion();
  Server& server = found.database_server.emplace();
  server.requires_synchronous_standby = target.requires_sync;
  absl::Status status =
      ReadProgram(connection, *version < found.newest_version, server);
  if (status.ok()) status = ReadStandbys(connection, server);
  if (status.ok() && *version > 0) {
    found.state = Inspection::State::kIntact;
    status = ReadContent(connection, found);
  }
  if (!status.ok()) return status;
  return found;
}

}  // namespace webhooks::postgres
