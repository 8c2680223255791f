#include "storage/postgres/transfer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"
#include "storage/last_fault.h"
#include "storage/postgres/engine/connection.h"
#include "storage/postgres/engine/migrations.h"
#include "storage/postgres/membership/member_rows.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/transfer/export.h"

namespace webhooks::postgres {
namespace {

// Begins a transaction that may wait for the other end of the stream, however
// slow that is.
absl::Status BeginPatiently(Connection& connection) {
  absl::Status begun = connection.Begin();
  if (!begun.ok()) return begun;
  return connection.Execute(
      "begin", "SET LOCAL idle_in_transaction_session_timeout = 0");
}

absl::StatusOr<Transfer> RunExport(Connection& connection,
                                   absl::string_view project, absl::Time now,
                                   const ByteSink& sink) {
  absl::Status begun = BeginPatiently(connection);
  if (begun.ok()) {
    begun = connection.Execute("begin", "SET TRANSACTION READ ONLY");
  }
  if (!begun.ok()) return begun;
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version < NewestSchemaVersion()) {
    return sql::NotMigrated(*version, NewestSchemaVersion());
  }
  return sql::ExportRows(connection, project, now, sink);
}

// Makes the servers look at the webhooks of the project that have deliveries to
// send.
absl::Status AnnounceProject(Connection& connection,
                             const std::string& project) {
  std::vector<EndpointDue> changes;
  absl::Status found = connection.Guarded("find webhooks", [&] {
    sql::Statement row = connection.Streamed(
        absl::StrCat("SELECT id FROM webhooks w WHERE project_id = ? AND EXISTS"
                     " (SELECT 1 FROM deliveries WHERE webhook_id = w.id AND ",
                     sql::kIsPending, ") ORDER BY id"));
    sql::BindBytes(row, 1, project);
    while (row.Step()) {
      changes.push_back({{UuidText(project), sql::UuidColumn(row, 0)},
                         absl::InfinitePast(),
                         /*has_changed=*/true});
    }
    return absl::OkStatus();
  });
  for (const EndpointDue& change : changes) {
    if (found.ok()) found = InsertNews(connection, /*id=*/"", change);
  }
  return found;
}

absl::StatusOr<Transfer> RunImport(Connection& connection,
                                   sql::Import& import) {
  absl::Status status = BeginPatiently(connection);
  if (!status.ok()) return status;
  auto transfer = import.Run(connection);
  if (!transfer.ok()) return transfer;
  if (!import.project().empty()) {
    status = AnnounceProject(connection, import.project());
  }
  if (status.ok()) status = connection.Commit();
  if (!status.ok()) return status;
  return transfer;
}

absl::Status MakeReady(Connection& connection, const Sealer& sealer) {
  const auto version = ReadSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) {
    return Migrate(connection, [&](bool) { return &sealer; });
  }
  if (*version < NewestSchemaVersion()) {
    return sql::NotMigrated(*version, NewestSchemaVersion());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Transfer> Export(const Target& target, absl::string_view project,
                                absl::Time now, const ByteSink& sink) {
  LastFault fault;
  auto connection =
      Connection::Open(target, Connection::Mode::kStatements, fault);
  if (!connection.ok()) return connection.status();
  auto transfer = RunExport(**connection, project, now, sink);
  (*connection)->RollBack();
  if (!transfer.ok()) return fault.Explain(transfer.status());
  return transfer;
}

absl::StatusOr<Transfer> Import(const Target& target, sql::Import& import) {
  LastFault fault;
  auto connection =
      Connection::Open(target, Connection::Mode::kStatements, fault);
  if (!connection.ok()) return connection.status();
  absl::Status ready = MakeReady(**connection, import.sealer());
  if (!ready.ok()) return fault.Explain(ready);
  auto transfer = RunImport(**connection, import);
  if (transfer.ok()) return transfer;
  const bool is_conflict = (*connection)->LostToAnother();
  if ((*connection)->InTransaction()) (*connection)->RollBack();
  const absl::Status explained = fault.Explain(transfer.status());
  if (!is_conflict || Reason(explained).empty()) return explained;
  return absl::AlreadyExistsError(
      "the database already has a record with the key of one in the stream, or "
      "another transaction has changed the same records");
}

}  // namespace webhooks::postgres
