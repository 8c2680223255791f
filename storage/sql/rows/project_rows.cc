#include "storage/sql/rows/project_rows.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/page_builder.h"
#include "storage/sql/columns.h"

namespace webhooks::sql {
namespace {

// Binds the name and the limits of `project` from parameter 1 on.
void BindChangeable(Statement& statement, const v1::Project& project) {
  BindText(statement, 1, project.name());
  if (project.has_max_webhooks()) {
    statement.Bind(2, static_cast<std::int64_t>(project.max_webhooks()));
  }
  if (project.has_max_requests_per_second()) {
    statement.Bind(3, project.max_requests_per_second());
  }
}

}  // namespace

v1::Project ReadProject(Statement& row, int first) {
  v1::Project project;
  project.set_id_project(UuidColumn(row, first));
  project.set_name(TextColumn(row, first + 1));
  *project.mutable_created_at() = TimestampColumn(row, first + 2);
  if (!row.IsNull(first + 3)) {
    project.set_max_webhooks(row.Int64(first + 3));
  }
  if (!row.IsNull(first + 4)) {
    project.set_max_requests_per_second(row.Int(first + 4));
  }
  project.set_webhook_count(row.Int64(first + 5));
  return project;
}

absl::StatusOr<bool> HadFirstProject(Connection& connection) {
  return connection.Guarded(
      "select first project", [&]() -> absl::StatusOr<bool> {
        Statement row =
            connection.Prepared("SELECT 1 FROM first_project LIMIT 1");
        return row.Step();
      });
}

absl::StatusOr<v1::Project> InsertProject(Connection& connection,
                                          const v1::Project& project) {
  return connection.Guarded(
      "insert project", [&]() -> absl::StatusOr<v1::Project> {
        Statement insert = connection.Prepared(
            "INSERT INTO projects (name, max_webhooks, max_requests_per_second,"
            " id, created_at) VALUES (?, ?, ?, ?, ?)");
        BindChangeable(insert, project);
        BindUuid(insert, 4, project.id_project());
        BindTime(insert, 5, project.created_at());
        insert.Execute();
        return project;
      });
}

absl::Status InsertFirstProject(Connection& connection, absl::string_view id) {
  const auto had_one = HadFirstProject(connection);
  if (!had_one.ok()) return had_one.status();
  if (*had_one) return FirstProjectExists();
  return connection.Guarded("insert first project", [&]() -> absl::Status {
    Statement insert =
        connection.Prepared("INSERT INTO first_project (id) VALUES (?)");
    BindUuid(insert, 1, id);
    insert.Execute();
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Project> SelectProject(Connection& connection,
                                          absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kProjectColumns,
                   " FROM projects WHERE id = ? AND deleted_at IS NULL"));
  return connection.Guarded("select project",
                            [&]() -> absl::StatusOr<v1::Project> {
                              Statement row = connection.Prepared(sql);
                              BindUuid(row, 1, id);
                              if (!row.Step()) return ProjectNotFound(id);
                              return ReadProject(row, 0);
                            });
}

absl::StatusOr<Page<v1::Project>> SelectProjects(
    Connection& connection, const PageStart<v1::Project>& start) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kProjectColumns, " FROM projects",
                   " WHERE id > ? AND deleted_at IS NULL ORDER BY id"));
  return connection.Guarded(
      "select projects", [&]() -> absl::StatusOr<Page<v1::Project>> {
        Statement row = connection.Streamed(sql);
        BindUuid(row, 1, start.after);
        PageBuilder<v1::Project> page(start);
        while (row.Step() && page.MoveTo(IdColumn(row, 0))) {
          page.Add(ReadProject(row, 0));
        }
        return std::move(page).Take();
      });
}

absl::StatusOr<v1::Project> ChangeProject(
    Connection& connection, const v1::UpdateProjectRequest& change) {
  auto project = SelectProject(connection, change.id());
  if (!project.ok() || !Apply(change, *project)) return project;
  return connection.Guarded(
      "update project", [&]() -> absl::StatusOr<v1::Project> {
        Statement update = connection.Prepared(
            "UPDATE projects SET name = ?, max_webhooks = ?,"
            " max_requests_per_second = ? WHERE id = ?");
        BindChangeable(update, *project);
        BindUuid(update, 4, change.id());
        update.Execute();
        return project;
      });
}

absl::StatusOr<v1::Project> MarkProjectDeleted(Connection& connection,
                                               absl::string_view id,
                                               absl::Time now) {
  auto project = SelectProject(connection, id);
  if (!project.ok()) return project;
  return connection.Guarded(
      "delete project", [&]() -> absl::StatusOr<v1::Project> {
        Statement update = connection.Prepared(
            "UPDATE projects SET deleted_at = ? WHERE id = ?");
        BindTime(update, 1, now);
        BindUuid(update, 2, id);
        update.Execute();
        return project;
      });
}

bool IsProjectDeleted(Connection& connection, absl::string_view id) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM projects WHERE id = ? AND deleted_at IS NOT NULL");
  BindUuid(row, 1, id);
  return row.Step();
}

}  // namespace webhooks::sql
