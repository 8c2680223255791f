#include "storage/sqlite/rows/queue_rows.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/delivery_progress.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/delivery_states.h"
#include "storage/sqlite/rows/event_reader.h"

namespace webhooks::sqlite {
namespace {

// Returns when the delivery in the row is due.
absl::Time DueOf(Connection& connection, Statement& row, int queue_at_column,
                 int event_seq_column) {
  const absl::Time queue_at = TimeColumn(row, queue_at_column);
  if (queue_at != kAtOnce) return queue_at;
  // It is due at once even if the clock was set back since its publication.
  const std::int64_t event_seq = row->getColumn(event_seq_column).getInt64();
  return std::min(SelectPublication(connection, event_seq), absl::Now());
}

}  // namespace

absl::StatusOr<std::vector<EndpointDue>> SelectEndpoints(
    Connection& connection, absl::string_view after, int limit) {
  using Endpoints = std::vector<EndpointDue>;
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT project_id, webhook_id, queue_at, event_seq"
                   " FROM deliveries INDEXED BY waiting_deliveries"
                   " WHERE webhook_id > ? AND ",
                   kIsPending, " ORDER BY webhook_id, queue_at LIMIT 1"));
  return connection.Guarded(
      "select endpoints", [&]() -> absl::StatusOr<Endpoints> {
        Endpoints endpoints;
        std::string last = UuidBytes(after);
        while (static_cast<int>(endpoints.size()) < limit) {
          Statement row = connection.Prepared(sql);
          BindBytes(row, 1, last);
          if (!row->executeStep()) break;
          last = std::string(BlobColumn(row, 1));
          endpoints.push_back({{UuidColumn(row, 0), UuidColumn(row, 1)},
                               DueOf(connection, row, /*queue_at_column=*/2,
                                     /*event_seq_column=*/3)});
        }
        return endpoints;
      });
}

absl::StatusOr<std::int64_t> CountWaiting(Connection& connection, int limit) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT count(*) FROM (SELECT 1 FROM deliveries"
                   " INDEXED BY waiting_deliveries WHERE ",
                   kIsPending, " LIMIT ?)"));
  return connection.Guarded("count waiting",
                            [&]() -> absl::StatusOr<std::int64_t> {
                              Statement row = connection.Prepared(sql);
                              row->bind(1, limit);
                              row->executeStep();
                              return row->getColumn(0).getInt64();
                            });
}

}  // namespace webhooks::sqlite
