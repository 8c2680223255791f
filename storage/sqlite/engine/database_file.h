#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_DATABASE_FILE_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_DATABASE_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace webhooks::sqlite {

// Resolves symbolic links in the path of an existing file, so that its lock is
// found under any name. NOT_FOUND, PERMISSION_DENIED, ...: the system's error.
absl::StatusOr<std::string> ResolvedPath(const std::string& path);

// Returns OK if the file does not exist, or could be a database. Does not open
// it: closing it would drop the locks of SQLite in this process.
// FAILED_PRECONDITION: it is not a regular file, or has several names (hard
// links): the lock and the write-ahead log belong to one name.
absl::Status CheckDatabaseFile(const std::string& path);

// Creates the file if it does not exist, also at the end of a symbolic link,
// with access for its owner alone: it holds secrets, and SQLite would follow
// the umask. The log and its index get the same mode.
absl::Status CreateDatabaseFile(const std::string& path);

// Identifies a file in use, to detect that it was moved or removed.
class OpenFile {
 public:
  // Identifies the file at `path`. NOT_FOUND, ...: the system's error.
  static absl::StatusOr<OpenFile> At(std::string path);

  // Returns true if `path` still names the same file. Cheap enough for each
  // commit: it does not read the times of the file, which would make Linux
  // write them at the next change, at the cost of a disk write per sync.
  bool IsInPlace() const;

  const std::string& path() const { return path_; }

 private:
  // Device (major, minor) and inode.
  using Identity = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;

  OpenFile(std::string path, const Identity& identity)
      : path_(std::move(path)), identity_(identity) {}

  static std::optional<Identity> Identify(const std::string& path);

  std::string path_;
  Identity identity_;
};

// Returns true if the database has a write-ahead log without an index. Only
// recovery creates the index; nobody can read the database before.
bool NeedsRecovery(const std::string& path);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_DATABASE_FILE_H_
