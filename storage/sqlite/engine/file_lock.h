#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_FILE_LOCK_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_FILE_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace webhooks::sqlite {

// Keeps a second server from a database: an exclusive flock(2), since SQLite's
// locks would let several processes write in turn. The kernel drops it when the
// process ends. A server holds one on the database itself, which cannot be
// removed without the database, and one on a file beside it, the only one that
// older versions lock.
//
// No connection to the database may outlive this: closing the file drops
// SQLite's own locks.
class FileLock {
 public:
  // Locks the file `path`, which is created with mode 0600 if needed.
  // FAILED_PRECONDITION: another process holds the lock. PERMISSION_DENIED,
  // UNAVAILABLE, ...: the system's error.
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
