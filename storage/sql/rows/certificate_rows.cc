#include "storage/sql/rows/certificate_rows.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/errors.h"
#include "storage/page_builder.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/project_rows.h"

namespace webhooks::sql {
namespace {

constexpr absl::string_view kBindingColumns =
    "certificates.name, certificates.project_id, certificates.created_at";

v1::CertificateBinding ReadBinding(Statement& row) {
  v1::CertificateBinding binding;
  binding.set_name(TextColumn(row, 0));
  binding.set_id_project(UuidColumn(row, 1));
  *binding.mutable_created_at() = TimestampColumn(row, 2);
  return binding;
}

// Selects a binding, unless its project was deleted.
absl::StatusOr<v1::CertificateBinding> SelectBinding(Connection& connection,
                                                     const std::string& name) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT ", kBindingColumns,
      " FROM certificates JOIN projects ON projects.id = project_id"
      " WHERE certificates.name = ? AND deleted_at IS NULL"));
  return connection.Guarded("select certificate",
                            [&]() -> absl::StatusOr<v1::CertificateBinding> {
                              Statement row = connection.Prepared(sql);
                              BindText(row, 1, name);
                              if (!row.Step()) return CertificateNotFound();
                              return ReadBinding(row);
                            });
}

}  // namespace

absl::StatusOr<v1::CertificateBinding> BindCertificate(
    Connection& connection, const v1::CertificateBinding& binding) {
  const auto project = SelectProject(connection, binding.id_project());
  if (!project.ok()) return project.status();
  auto bound = SelectBinding(connection, binding.name());
  if (bound.ok() && bound->id_project() == project->id_project()) return bound;
  if (bound.ok()) return CertificateBound();
  if (!absl::IsNotFound(bound.status())) return bound;
  return connection.Guarded(
      "bind certificate", [&]() -> absl::StatusOr<v1::CertificateBinding> {
        // Replaces the binding of a deleted project.
        Statement insert = connection.Prepared(
            "INSERT INTO certificates (name, project_id, created_at)"
            " VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " project_id = excluded.project_id,"
            " created_at = excluded.created_at");
        BindText(insert, 1, binding.name());
        BindUuid(insert, 2, binding.id_project());
        BindTime(insert, 3, binding.created_at());
        insert.Execute();
        v1::CertificateBinding stored = binding;
        stored.set_id_project(project->id_project());
        return stored;
      });
}

absl::StatusOr<Page<v1::CertificateBinding>> SelectCertificates(
    Connection& connection, absl::string_view project,
    const PageStart<v1::CertificateBinding>& start) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kBindingColumns, " FROM certificates",
                   " WHERE project_id = ? AND name > ? ORDER BY name"));
  const auto owner = SelectProject(connection, project);
  if (!owner.ok()) return owner.status();
  return connection.Guarded(
      "select certificates",
      [&]() -> absl::StatusOr<Page<v1::CertificateBinding>> {
        const std::string after = start.after.value_or("");
        Statement row = connection.Streamed(sql);
        BindUuid(row, 1, project);
        BindText(row, 2, after);
        PageBuilder<v1::CertificateBinding> page(start);
        while (row.Step() && page.MoveTo(TextColumn(row, 0))) {
          page.Add(ReadBinding(row));
        }
        return std::move(page).Take();
      });
}

absl::StatusOr<v1::CertificateBinding> UnbindCertificate(
    Connection& connection, const std::string& name) {
  auto bound = SelectBinding(connection, name);
  if (!bound.ok()) return bound;
  return connection.Guarded(
      "unbind certificate", [&]() -> absl::StatusOr<v1::CertificateBinding> {
        Statement erase =
            connection.Prepared("DELETE FROM certificates WHERE name = ?");
        BindText(erase, 1, name);
        erase.Execute();
        return bound;
      });
}

absl::StatusOr<v1::Project> SelectCertificateProject(Connection& connection,
                                                     const std::string& name) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT ", kProjectColumns,
      " FROM certificates JOIN projects ON projects.id = project_id"
      " WHERE certificates.name = ? AND deleted_at IS NULL"));
  return connection.Guarded("find certificate",
                            [&]() -> absl::StatusOr<v1::Project> {
                              Statement row = connection.Prepared(sql);
                              BindText(row, 1, name);
                              if (!row.Step()) return CertificateNotFound();
                              return ReadProject(row, 0);
                            });
}

}  // namespace webhooks::sql
