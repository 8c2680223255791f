#include "storage/sqlite/engine/locked_database.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sqlite/engine/database_file.h"
#include "storage/sqlite/engine/file_lock.h"

namespace webhooks::sqlite {

absl::StatusOr<LockedDatabase> OpenLocked(const std::string& path,
                                          StoreObserver& observer) {
  absl::Status file = CheckDatabaseFile(path);
  if (file.ok()) file = CreateDatabaseFile(path);
  if (!file.ok()) return file;
  auto resolved = ResolvedPath(path);
  if (!resolved.ok()) return resolved.status();
  auto side_lock = FileLock::Acquire(absl::StrCat(*resolved, ".lock"));
  if (!side_lock.ok()) return side_lock.status();
  auto lock = FileLock::Acquire(*resolved);
  if (!lock.ok()) return lock.status();
  auto writer = Connection::Open(*resolved, Connection::Mode::kWrite, observer);
  if (!writer.ok()) return writer.status();
  return LockedDatabase{
      *std::move(resolved),
      std::make_shared<std::array<FileLock, 2>>(
          std::array<FileLock, 2>{*std::move(side_lock), *std::move(lock)}),
      *std::move(writer)};
}

}  // namespace webhooks::sqlite
