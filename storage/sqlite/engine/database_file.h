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

// The path of the file itself, which must be there, whatever symbolic links
// lead to it: two names must not get past the lock. UNAVAILABLE,
// PERMISSION_DENIED: it cannot be found out.
absl::StatusOr<std::string> ResolvedPath(const std::string& path);

// OK where there is no file yet, or one that could be a database. Does not open
// it: closing it again would drop the locks that SQLite has on it in this
// process. FAILED_PRECONDITION: no regular file, or a file with several names
// (hard links), of which the lock and the write-ahead log would know but one.
absl::Status CheckDatabaseFile(const std::string& path);

// Makes the file if it is not there, also where a link leads to no file yet,
// for its owner alone: it holds secrets, and SQLite would follow the umask. The
// log and its index take the file's mode.
absl::Status MakeDatabaseFile(const std::string& path);

// The identity of a file in use, to notice that it was moved or removed.
class OpenFile {
 public:
  // Identifies the file that `path` names now. NOT_FOUND, ...: it cannot be
  // found, as the system says.
  static absl::StatusOr<OpenFile> At(std::string path);

  // Returns true if `path` still names the same file. Cheap enough for each
  // commit: it asks for no times, since Linux writes the times of a file whose
  // times were read with the next change, at the cost of a disk write per sync.
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

// Returns true if the database has a write-ahead log without an index: only
// recovery can make that, and until then nobody can read it.
bool NeedsRecovery(const std::string& path);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_DATABASE_FILE_H_
