#include "storage/inspection.h"

#include "storage/sqlite/inspection.h"
#include "storage/sqlite_url.h"

namespace webhooks {

absl::StatusOr<Inspection> InspectStore(absl::string_view url) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!parsed.ok()) return parsed.status();
  return sqlite::Inspect(parsed->path, parsed->max_bytes);
}

}  // namespace webhooks
