#include "storage/sqlite/operator/retention.h"

#include <algorithm>
#include <vector>

#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/operator/purges.h"
#include "storage/sqlite/rows/delivery_rows.h"

namespace webhooks::sqlite {
namespace {

// The deliveries and attempts that one step looks at; it may be a few more.
constexpr int kStepRows = 200;

// The events that one step looks at: each may lie on 65 pages.
constexpr int kRetentionStepEvents = 25;

// An event that is kept for its deliveries is not looked at again before.
constexpr absl::Duration kLookAgain = absl::Minutes(1);

struct Row {
  std::string id;
  v1::Delivery::State state = v1::Delivery::PENDING;
  std::int64_t kept_from = 0;
  Endpoint endpoint;
};

// 0: there is none.
std::int64_t SelectOldEvent(Connection& connection, absl::Time oldest) {
  Statement row = connection.Prepared(
      "SELECT seq FROM events INDEXED BY events_by_age"
      " WHERE max(created_at, ifnull(deliver_at, 0), ifnull(look_at, 0)) < ?"
      " ORDER BY max(created_at, ifnull(deliver_at, 0), ifnull(look_at, 0))"
      " LIMIT 1");
  BindTime(row, 1, oldest);
  return row->executeStep() ? row->getColumn(0).getInt64() : 0;
}

std::vector<Row> SelectRows(Connection& connection,
                            const RetentionPosition& position, int limit) {
  Statement row = connection.Prepared(
      "SELECT id, state, kept_from, project_id, webhook_id FROM deliveries"
      " INDEXED BY deliveries_by_event WHERE event_seq = ? AND id > ?"
      " ORDER BY id LIMIT ?");
  row->bind(1, position.event_seq);
  BindBytes(row, 2, position.delivery);
  row->bind(3, limit);
  std::vector<Row> rows;
  while (row->executeStep()) {
    rows.push_back(
        {std::string(BlobColumn(row, 0)),
         static_cast<v1::Delivery::State>(row->getColumn(1).getInt()),
         row->getColumn(2).getInt64(),
         {UuidColumn(row, 3), UuidColumn(row, 4)}});
  }
  return rows;
}

// Goes through the event's next deliveries. Each costs the budget; whether all
// of them have been seen.
bool WorkOnDeliveries(Connection& connection, const Leases& leases,
                      absl::Time now, absl::Time oldest,
                      RetentionPosition& position, int& budget,
                      DueNotes& notes) {
  const int limit = budget;
  const std::vector<Row> rows = SelectRows(connection, position, limit);
  for (const Row& row : rows) {
    if (budget <= 0) return false;
    --budget;
    position.delivery = row.id;
    std::int64_t kept_from = row.kept_from;
    const bool waits = row.state == v1::Delivery::PENDING;
    const bool is_old = kept_from < absl::ToUnixMillis(oldest);
    if (is_old && !waits) {
      budget -= DeleteDelivery(connection, row.id);
      continue;
    }
    if (is_old && !leases.HasBegun(row.id)) {
      FailDelivery(connection, row.id, v1::Delivery::EXPIRED, now);
      kept_from = absl::ToUnixMillis(now);
      notes.AddExpired(row.endpoint);
      // Others may have waited for it.
      notes.AddChanged(row.endpoint, absl::InfinitePast());
    }
    position.kept_from = std::min(position.kept_from, kept_from);
  }
  return static_cast<int>(rows.size()) < limit;
}

// Takes out the event, or keeps it for those of its deliveries that are kept.
void EndEvent(Connection& connection, absl::Time oldest,
              const RetentionPosition& position) {
  const bool is_kept = position.kept_from != INT64_MAX;
  Statement change = connection.Prepared(
      is_kept ? "UPDATE events SET look_at = ?2 WHERE seq = ?1"
              : "DELETE FROM events WHERE seq = ?1");
  change->bind(1, position.event_seq);
  if (is_kept) {
    change->bind(2, std::max(position.kept_from,
                             absl::ToUnixMillis(oldest + kLookAgain)));
  }
  change->exec();
}

// Drops the jobs that were made before `oldest`.
void DropRetryJobs(Connection& connection, absl::Time oldest) {
  Statement erase = connection.Prepared(
      "DELETE FROM retry_jobs WHERE is_running = 0 AND id < ?");
  const std::string first = FirstIdOf(oldest);
  BindBytes(erase, 1, first);
  erase->exec();
}

}  // namespace

absl::StatusOr<bool> DropOldEvents(Connection& connection, const Leases& leases,
                                   absl::Time now, absl::Time oldest,
                                   RetentionPosition& position,
                                   DueNotes& notes) {
  return connection.Guarded("delete old events", [&]() -> absl::StatusOr<bool> {
    int budget = kStepRows;
    for (int events = 0; events < kRetentionStepEvents && budget > 0;
         ++events) {
      if (position.event_seq == 0) {
        position.event_seq = SelectOldEvent(connection, oldest);
      }
      if (position.event_seq == 0) {
        DropRetryJobs(connection, oldest);
        return false;
      }
      if (!WorkOnDeliveries(connection, leases, now, oldest, position, budget,
                            notes)) {
        return true;
      }
      EndEvent(connection, oldest, position);
      position = RetentionPosition();
      --budget;
    }
    return true;
  });
}

absl::StatusOr<absl::Time> SelectRetentionTime(Connection& connection) {
  return connection.Guarded(
      "read the retention clock", [&]() -> absl::StatusOr<absl::Time> {
        Statement row = connection.Prepared("SELECT time FROM retention_clock");
        if (!row->executeStep()) return absl::InfinitePast();
        return TimeColumn(row, 0);
      });
}

absl::Status UpdateRetentionTime(Connection& connection, absl::Time time) {
  return connection.Guarded("set the retention clock", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "INSERT OR REPLACE INTO retention_clock (id, time) VALUES (1, ?)");
    BindTime(update, 1, time);
    update->exec();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sqlite
