#ifndef WEBHOOKS_STORAGE_SQLITE_DATABASE_FILE_H_
#define WEBHOOKS_STORAGE_SQLITE_DATABASE_FILE_H_

#include <sys/types.h>

#include <string>
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

// A file that is open, to notice that another has come into its place.
class OpenFile {
 public:
  // The file that `path` names now. UNAVAILABLE, NOT_FOUND: there is none.
  static absl::StatusOr<OpenFile> At(std::string path);

  // False: it was moved or removed.
  bool IsInPlace() const;

  const std::string& path() const { return path_; }

 private:
  OpenFile(std::string path, dev_t device, ino_t number)
      : path_(std::move(path)), device_(device), number_(number) {}

  std::string path_;
  dev_t device_;
  ino_t number_;
};

// Returns true if the database has a write-ahead log without an index: only
// recovery can make that, and until then nobody can read it.
bool NeedsRecovery(const std::string& path);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_DATABASE_FILE_H_
