#include "storage/sql/rows/queue_rows.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "storage/delivery_progress.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/event_reader.h"

namespace webhooks::sql {
namespace {

// Returns when the delivery in the row is due.
absl::Time DueOf(Connection& connection, Statement& row, int queue_at_column,
                 int event_seq_column) {
  const absl::Time queue_at = TimeColumn(row, queue_at_column);
  if (queue_at != kAtOnce) return queue_at;
  // It is due at once even if the clock was set back since its publication.
  const std::int64_t event_seq = row.Int64(event_seq_column);
  return std::min(SelectPublication(connection, event_seq), absl::Now());
}

// Returns true if the webhook of the delivery that waits is inactive or has no
// URL.
bool IsHeld(Connection& connection, absl::string_view delivery) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM deliveries JOIN webhooks"
      " ON webhooks.project_id = deliveries.project_id"
      " AND webhooks.id = deliveries.webhook_id"
      " WHERE deliveries.id = ? AND (active = 0 OR url IS NULL)");
  BindBytes(row, 1, delivery);
  return row.Step();
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
          if (!row.Step()) break;
          last = std::string(BlobColumn(row, 1));
          endpoints.push_back({{UuidColumn(row, 0), UuidColumn(row, 1)},
                               DueOf(connection, row, /*queue_at_column=*/2,
                                     /*event_seq_column=*/3)});
        }
        return endpoints;
      });
}

// Reads the index alone, and each webhook once: there may be a million rows.
absl::StatusOr<WaitingCounts> CountWaiting(Connection& connection, int limit) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT webhook_id, id FROM deliveries"
                   " INDEXED BY waiting_deliveries WHERE ",
                   kIsPending, " ORDER BY webhook_id LIMIT ?"));
  return connection.Guarded(
      "count waiting", [&]() -> absl::StatusOr<WaitingCounts> {
        Statement row = connection.Streamed(sql);
        row.Bind(1, limit);
        WaitingCounts counts;
        std::string webhook;
        bool is_held = false;
        while (row.Step()) {
          if (BlobColumn(row, 0) != webhook) {
            webhook = std::string(BlobColumn(row, 0));
            is_held = IsHeld(connection, BlobColumn(row, 1));
          }
          ++counts.all;
          counts.held += is_held ? 1 : 0;
        }
        return counts;
      });
}

}  // namespace webhooks::sql
