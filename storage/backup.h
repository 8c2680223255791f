#ifndef WEBHOOKS_STORAGE_BACKUP_H_
#define WEBHOOKS_STORAGE_BACKUP_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"

namespace webhooks {

// The result of BackUpStore (storage/open.h).
struct Backup {
  std::int64_t bytes = 0;
  int schema_version = 0;
};

// Called between the steps of a backup; `worked` is the duration of the last
// step. May block, to leave the disk to other processes. Returns false to
// cancel the backup.
using BackupPause = std::function<bool(absl::Duration worked)>;

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_BACKUP_H_
