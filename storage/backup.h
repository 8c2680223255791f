#ifndef WEBHOOKS_STORAGE_BACKUP_H_
#define WEBHOOKS_STORAGE_BACKUP_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks {

// The content of a backup.
struct Backup {
  std::int64_t bytes = 0;
  int schema_version = 0;
};

// Called between steps of a backup, each of which keeps the disk busy for about
// as long as `worked`. Waits for as long as it wants to; false gives up.
using BackupPause = std::function<bool(absl::Duration worked)>;

// Copies the database that `url` names, as OpenStore reads it, to the new file
// `path`: as it was at one moment after the call began, whole, readable by its
// owner alone, checked, and on the disk. A server may go on using the database
// meanwhile: calls are answered as ever, but what they change is kept beside
// the database, in its write-ahead log, for as long as the copy takes. Blocks.
// Whatever the outcome is, nothing unfinished is left. Messages are for the
// operator and name the file.
//
// INVALID_ARGUMENT: the URL. NOT_FOUND: there is no such database, or no folder
// for `path`. ALREADY_EXISTS: there is a file `path`, or what SQLite would take
// for a part of it. FAILED_PRECONDITION: not a database of this service, one
// that is empty or of a newer version, no regular file, or one with several
// hard links. DATA_LOSS: the copy is damaged, and so the database is.
// RESOURCE_EXHAUSTED: there is no room for the copy. CANCELLED: `pause` gave
// up. PERMISSION_DENIED, UNAVAILABLE, ...: something cannot be read or written.
absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_BACKUP_H_
