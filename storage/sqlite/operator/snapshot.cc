#include "storage/sqlite/operator/snapshot.h"

#include "storage/sqlite/engine/database_file.h"
#include "storage/sqlite/engine/migrations.h"

namespace webhooks::sqlite {

absl::StatusOr<OperatorConnection> OpenSnapshot(const std::string& path) {
  absl::Status file = CheckDatabaseFile(path);
  if (!file.ok()) return file;
  const auto resolved = ResolvedPath(path);
  if (!resolved.ok()) return resolved.status();
  auto snapshot =
      OperatorConnection::Open(*resolved, path, Connection::Mode::kRead);
  if (!snapshot.ok()) return snapshot.status();
  absl::Status begun = (*snapshot)->Execute("begin", "BEGIN");
  if (!begun.ok()) return snapshot->Explain(begun);
  return snapshot;
}

absl::StatusOr<int> SnapshotVersion(OperatorConnection& snapshot) {
  const auto version = ReadSchemaVersion(*snapshot);
  if (!version.ok()) return snapshot.Explain(version.status());
  if (*version > 0) return version;
  return snapshot.Explain(absl::FailedPreconditionError("the file is empty"));
}

}  // namespace webhooks::sqlite
