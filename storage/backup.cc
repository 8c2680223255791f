#include "storage/backup.h"

#include "storage/sqlite/backup.h"
#include "storage/sqlite_url.h"

namespace webhooks {

absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!parsed.ok()) return parsed.status();
  return sqlite::BackUp(parsed->path, path, pause);
}

}  // namespace webhooks
