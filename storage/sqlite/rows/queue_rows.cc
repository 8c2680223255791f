#include "storage/sqlite/rows/queue_rows.h"

#include <algorithm>
#include <string>

#include "absl/time/clock.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/event_rows.h"

namespace webhooks::sqlite {
namespace {

// When the row's delivery is due: queue_at and event_seq stand in its columns 2
// and 3.
absl::Time DueOf(Connection& connection, Statement& row) {
  const std::int64_t queue_at = row->getColumn(2).getInt64();
  if (queue_at != kAtOnce) return absl::FromUnixMillis(queue_at);
  // The clock may have been set back since: it is due all the same.
  return std::min(SelectPublication(connection, row->getColumn(3).getInt64()),
                  absl::Now());
}

}  // namespace

absl::StatusOr<std::vector<EndpointDue>> SelectEndpoints(
    Connection& connection, absl::string_view after, int limit) {
  using Endpoints = std::vector<EndpointDue>;
  return connection.Guarded(
      "select endpoints", [&]() -> absl::StatusOr<Endpoints> {
        Endpoints endpoints;
        std::string last = UuidBytes(after);
        while (static_cast<int>(endpoints.size()) < limit) {
          Statement row = connection.Prepared(
              "SELECT project_id, webhook_id, queue_at, event_seq"
              " FROM deliveries INDEXED BY waiting_deliveries"
              " WHERE webhook_id > ? AND state = 1"
              " ORDER BY webhook_id, queue_at LIMIT 1");
          BindBytes(row, 1, last);
          if (!row->executeStep()) break;
          last = std::string(BlobColumn(row, 1));
          endpoints.push_back({{UuidColumn(row, 0), UuidColumn(row, 1)},
                               DueOf(connection, row)});
        }
        return endpoints;
      });
}

absl::StatusOr<std::int64_t> CountWaiting(Connection& connection, int limit) {
  return connection.Guarded(
      "count waiting", [&]() -> absl::StatusOr<std::int64_t> {
        Statement row = connection.Prepared(
            "SELECT count(*) FROM (SELECT 1 FROM deliveries"
            " INDEXED BY waiting_deliveries WHERE state = 1 LIMIT ?)");
        row->bind(1, limit);
        row->executeStep();
        return row->getColumn(0).getInt64();
      });
}

}  // namespace webhooks::sqlite
