#ifndef WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_
#define WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_

#include <sys/stat.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Reads and writes small files that only their owner may read. Messages are for
// the operator and name the file.
namespace webhooks::server {

// Returns true if somebody else than the owner may read or write a file with
// the facts of stat(2). Not counted is the right to read of a group of this
// process, if the owner is another user: without it, the process could not read
// the file. Container platforms mount secrets like that.
bool IsOpenToOthers(const struct stat& facts);

// Returns the content of the file `path`; nullopt if it is absent or empty.
// Logs a warning if IsOpenToOthers. Fails as ReadSmallFile does.
absl::StatusOr<std::optional<std::string>> ReadPrivateFile(
    const std::string& path);

// While it exists, no other process and no other thread has one for a file in
// the same folder, unless the file system has no locks. So two that start at
// once do not both create the file.
class FolderLock {
 public:
  // Waits for the lock of the folder of the file `path`. Does not lock a folder
  // that cannot be opened, in which no file can be created either.
  explicit FolderLock(const std::string& path);
  ~FolderLock();

  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_;
};

// Atomically creates or replaces the file `path`, with mode 0600, and syncs it
// to disk. Of two calls at the same time, one may fail. PERMISSION_DENIED,
// NOT_FOUND, ... if it cannot be written.
absl::Status WritePrivateFile(const std::string& path,
                              absl::string_view content);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_
