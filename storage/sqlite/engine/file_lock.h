#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_FILE_LOCK_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_FILE_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace webhooks::sqlite {

// Keeps a second server from a database: an exclusive flock(2), since SQLite's
// locks would let several processes write in turn. The kernel drops it when the
// process ends, however it ends. One is on the database itself, which nobody
// can remove and leave the database in use; one is on a file beside it, which
// is all that older versions lock.
//
// No connection to the database may outlive this: closing the file drops the
// locks that SQLite has on it.
class FileLock {
 public:
  // Makes `path` with mode 0600 if need be. FAILED_PRECONDITION: another
  // process holds it. PERMISSION_DENIED, UNAVAILABLE: it cannot be made.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_FILE_LOCK_H_
