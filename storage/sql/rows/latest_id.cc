#include "storage/sql/rows/latest_id.h"

#include <algorithm>
#include <optional>

#include "storage/sql/columns.h"
#include "storage/uuid.h"

namespace webhooks::sql {

absl::StatusOr<absl::Time> SelectLatestIdTime(Connection& connection) {
  return connection.Guarded(
      "find latest id", [&]() -> absl::StatusOr<absl::Time> {
        // Callers choose the ids of events: the latest event need not have the
        // highest id.
        Statement row = connection.Prepared(
            "SELECT id FROM (SELECT id FROM events ORDER BY seq DESC LIMIT 1)"
            " AS last UNION ALL SELECT id FROM (SELECT id FROM webhooks"
            " ORDER BY id DESC LIMIT 1) AS newest");
        absl::Time latest = absl::InfinitePast();
        while (row.Step()) {
          const auto id = ParseUuid(UuidColumn(row, 0));
          const std::optional<absl::Time> time =
              id ? TimeOfUuidV7(*id) : std::nullopt;
          if (time) latest = std::max(latest, *time);
        }
        return latest;
      });
}

}  // namespace webhooks::sql
