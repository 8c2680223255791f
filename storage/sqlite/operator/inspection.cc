#include "storage/sqlite/operator/inspection.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/sql/rows/project_rows.h"
#include "storage/sqlite/engine/database_file.h"
#include "storage/sqlite/engine/migrations.h"
#include "storage/sqlite/operator/integrity.h"
#include "storage/sqlite/operator/operator_connection.h"

namespace webhooks::sqlite {
namespace {

namespace fs = std::filesystem;

absl::Status CheckAccess(const fs::path& path, int mode) {
  if (access(path.c_str(), mode) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(
      errno, absl::StrCat("database: cannot use ", path.string()));
}

// Returns OK if a start could create files in the folder of `path`, or in the
// nearest folder that exists.
absl::Status CheckFolder(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error).parent_path();
  while (!fs::exists(folder, error) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  if (!fs::is_directory(folder, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("database: ", folder.string(), " is not a folder"));
  }
  return CheckAccess(folder, W_OK | X_OK);
}

absl::Status CheckSize(OperatorConnection& connection,
                       std::optional<std::int64_t> max_bytes) {
  if (!max_bytes) return absl::OkStatus();
  return connection->Guarded("read the size", [&]() -> absl::Status {
    Statement row = connection->Prepared(
        "SELECT page_count * page_size FROM pragma_page_count, "
        "pragma_page_size");
    row.Step();
    if (row.Int64(0) <= *max_bytes) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "max_bytes=", *max_bytes, " is less than the size of the database"));
  });
}

absl::Status InspectContent(OperatorConnection& connection,
                            std::optional<std::int64_t> max_bytes,
                            Inspection& found) {
  const auto version = ReadSchemaVersion(*connection);
  if (!version.ok()) return version.status();
  found.schema_version = *version;
  found.newest_version = NewestSchemaVersion();
  if (*version == 0) return absl::OkStatus();
  found.state = Inspection::State::kIntact;
  absl::Status status = CheckSize(connection, max_bytes);
  if (!status.ok()) return status;
  status = CheckIntegrity(*connection, [] { return true; });
  if (!status.ok()) return status;
  // Version 1 has no such table, but always has a project.
  const absl::StatusOr<bool> had_project =
      *version == 1 ? true : sql::HadFirstProject(*connection);
  if (!had_project.ok()) return had_project.status();
  found.had_project = *had_project;
  auto keys = SealedUnder(*connection);
  if (!keys.ok()) return keys.status();
  found.secret_keys = *std::move(keys);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Inspection> Inspect(const std::string& given_path,
                                   std::optional<std::int64_t> max_bytes) {
  absl::Status status = CheckFolder(given_path);
  if (status.ok()) status = CheckDatabaseFile(given_path);
  if (!status.ok()) return status;
  Inspection found;
  std::error_code error;
  if (!fs::exists(given_path, error)) return found;
  const auto path = ResolvedPath(given_path);
  if (!path.ok()) return path.status();
  status = CheckFolder(*path);
  if (status.ok()) status = CheckAccess(*path, R_OK | W_OK);
  if (!status.ok()) return status;
  if (NeedsRecovery(*path)) {
    found.state = Inspection::State::kUnfinished;
    return found;
  }
  auto connection =
      OperatorConnection::Open(*path, given_path, Connection::Mode::kInspect);
  if (!connection.ok()) return connection.status();
  status = connection->Explain(InspectContent(*connection, max_bytes, found));
  if (!status.ok()) return status;
  return found;
}

}  // namespace webhooks::sqlite
