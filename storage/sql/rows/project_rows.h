#ifndef WEBHOOKS_STORAGE_SQL_ROWS_PROJECT_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_PROJECT_ROWS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/project_store.h"
#include "storage/sql/connection.h"

// The statements about projects. Each function returns the status of the call
// of ProjectStore that it serves, and changes inside the caller's transaction.
namespace webhooks::sql {

// Returns true if InsertFirstProject was ever called, even if that project was
// deleted since.
absl::StatusOr<bool> HadFirstProject(Connection& connection);

absl::Status InsertFirstProject(Connection& connection, absl::string_view id);

absl::StatusOr<v1::Project> InsertProject(Connection& connection,
                                          const v1::Project& project);

absl::StatusOr<v1::Project> SelectProject(Connection& connection,
                                          absl::string_view id);

absl::StatusOr<Page<v1::Project>> SelectProjects(
    Connection& connection, const PageStart<v1::Project>& start);

absl::StatusOr<v1::Project> ChangeProject(
    Connection& connection, const v1::UpdateProjectRequest& change);

absl::StatusOr<v1::Project> MarkProjectDeleted(Connection& connection,
                                               absl::string_view id,
                                               absl::Time now);

// Reads kProjectColumns from the columns of `row` that begin with `first`.
v1::Project ReadProject(Statement& row, int first);
inline constexpr absl::string_view kProjectColumns =
    "projects.id, projects.name, projects.created_at, projects.max_webhooks,"
    " projects.max_requests_per_second, projects.webhook_count";

// Returns true if the project is marked as deleted and its content may be left.
// Throws the failures of the driver; for use inside Connection::Guarded.
bool IsProjectDeleted(Connection& connection, absl::string_view id);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_PROJECT_ROWS_H_
