#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "storage/backup.h"

namespace webhooks::sqlite {

// Copies the file `database` to `path`; see BackUpStore in storage/open.h.
//
// SQLite restarts a backup when another process writes to its source. One read
// transaction spans this backup, so that it ends under any load; the cost is
// that checkpoints cannot pass that transaction, and the log cannot be reused
// from its beginning.
absl::StatusOr<Backup> BackUp(const std::string& database,
                              const std::string& path,
                              const BackupPause& pause);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_BACKUP_H_
