#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "storage/backup.h"

namespace webhooks::sqlite {

// Copies the file `database` to `path`; see BackUpStore in
// storage/open.h for the rest.
//
// SQLite begins a backup anew when another process writes to its source. Here
// one read transaction spans the whole of it, so that it ends under any load;
// the price is that no checkpoint gets past that transaction, and the log
// cannot be used from its beginning again.
absl::StatusOr<Backup> BackUp(const std::string& database,
                              const std::string& path,
                              const BackupPause& pause);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_
