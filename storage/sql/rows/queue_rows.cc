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

namespace webhooks::sql {
namespace {

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

// Steps from one webhook to the next: there may be a million rows of one.
absl::StatusOr<std::vector<EndpointDue>> SelectEndpoints(
    Connection& connection, absl::string_view after, int limit) {
  using Endpoints = std::vector<EndpointDue>;
  static const std::string& sql = *new std::string(absl::StrCat(
      "WITH RECURSIVE step(webhook) AS (SELECT * FROM (SELECT webhook_id FROM"
      " deliveries INDEXED BY waiting_deliveries WHERE webhook_id > ?1 AND ",
      kIsPending,
      " ORDER BY webhook_id LIMIT 1) AS first"
      " UNION ALL SELECT (SELECT webhook_id FROM deliveries"
      " INDEXED BY waiting_deliveries WHERE webhook_id > webhook AND ",
      kIsPending,
      " ORDER BY webhook_id LIMIT 1) FROM step WHERE webhook IS NOT NULL)"
      " SELECT project_id, webhook_id, queue_at,"
      " (SELECT created_at FROM events WHERE seq = event_seq)"
      " FROM step CROSS JOIN deliveries ON id = (SELECT id FROM deliveries"
      " INDEXED BY waiting_deliveries WHERE webhook_id = webhook AND ",
      kIsPending, " ORDER BY queue_at LIMIT 1) LIMIT ?2"));
  return connection.Guarded(
      "select endpoints", [&]() -> absl::StatusOr<Endpoints> {
        const absl::Time now = absl::Now();
        Endpoints endpoints;
        Statement row = connection.Prepared(sql);
        BindUuid(row, 1, after);
        row.Bind(2, limit);
        while (row.Step()) {
          absl::Time due = TimeColumn(row, 2);
          if (due == kAtOnce) {
            // Even if the clock was set back since its publication.
            due = std::min(OptionalTimeColumn(row, 3).value_or(now), now);
          }
          endpoints.push_back({{UuidColumn(row, 0), UuidColumn(row, 1)}, due});
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
