#include "storage/sql/maintenance/retention.h"

#include <algorithm>
#include <string>
#include <vector>

#include "storage/retention.h"
#include "storage/sql/columns.h"
#include "storage/sql/maintenance/purges.h"
#include "storage/sql/rows/delivery_rows.h"

namespace webhooks::sql {
namespace {

// The number of deliveries and attempts that one step examines; it may exceed
// this by a few.
constexpr int kStepRows = 200;

// The maximum number of events that one step examines: each may use 65 pages.
constexpr int kRetentionStepEvents = 25;

// The columns of a delivery that retention needs.
struct RetainedDelivery {
  std::string id;
  v1::Delivery::State state = v1::Delivery::PENDING;
  absl::Time kept_from;
  Endpoint endpoint;
};

// Returns the seq of the oldest event that is due for retention; 0 if there is
// none.
std::int64_t SelectOldEvent(Connection& connection, absl::Time oldest) {
  Statement row = connection.Prepared(
      "SELECT seq FROM events INDEXED BY events_by_age"
      " WHERE max(created_at, ifnull(deliver_at, 0), ifnull(look_at, 0)) < ?"
      " ORDER BY max(created_at, ifnull(deliver_at, 0), ifnull(look_at, 0))"
      " LIMIT 1");
  BindTime(row, 1, oldest);
  return row.Step() ? row.Int64(0) : 0;
}

std::vector<RetainedDelivery> SelectRows(Connection& connection,
                                         const RetentionPosition& position,
                                         int limit) {
  Statement row = connection.Prepared(
      "SELECT id, state, kept_from, project_id, webhook_id FROM deliveries"
      " INDEXED BY deliveries_by_event WHERE event_seq = ? AND id > ?"
      " ORDER BY id LIMIT ?");
  row.Bind(1, position.event_seq);
  BindBytes(row, 2, position.delivery);
  row.Bind(3, limit);
  std::vector<RetainedDelivery> rows;
  while (row.Step()) {
    rows.push_back({std::string(BlobColumn(row, 0)),
                    static_cast<v1::Delivery::State>(row.Int(1)),
                    TimeColumn(row, 2),
                    {UuidColumn(row, 3), UuidColumn(row, 4)}});
  }
  return rows;
}

// Fails the delivery with the reason EXPIRED.
void Expire(Connection& connection, const RetainedDelivery& delivery,
            absl::Time now, Notifications& notifications) {
  FailDelivery(connection, delivery.id, v1::Delivery::EXPIRED, now,
               notifications);
  // Deliveries to an ordered webhook may have waited for it.
  notifications.AddChanged(delivery.endpoint, absl::InfinitePast());
}

// Examines the event's next deliveries, within `budget`. Returns true if none
// is left.
bool ExamineDeliveries(Connection& connection, const Leases& leases,
                       absl::Time now, absl::Time oldest,
                       RetentionPosition& position, int& budget,
                       Notifications& notifications) {
  const int limit = budget;
  const std::vector<RetainedDelivery> rows =
      SelectRows(connection, position, limit);
  for (const RetainedDelivery& row : rows) {
    if (budget <= 0) return false;
    --budget;
    position.delivery = row.id;
    absl::Time kept_from = row.kept_from;
    switch (RetentionActionFor(row.state, leases.HasBegun(row.id), kept_from,
                               oldest)) {
      case RetentionAction::kDelete:
        budget -= DeleteDelivery(connection, row.id);
        continue;
      case RetentionAction::kExpire:
        Expire(connection, row, now, notifications);
        kept_from = now;
        break;
      case RetentionAction::kKeep:
        break;
    }
    position.kept_from = std::min(position.kept_from, kept_from);
  }
  return static_cast<int>(rows.size()) < limit;
}

// Deletes the event, unless some of its deliveries are kept. A delivery may
// have been made behind `position` in the meantime; the next look finds it.
void FinishEvent(Connection& connection, absl::Time oldest,
                 const RetentionPosition& position) {
  const bool is_kept = position.kept_from != absl::InfiniteFuture();
  Statement change = connection.Prepared(
      is_kept ? "UPDATE events SET look_at = ?2 WHERE seq = ?1"
              : "DELETE FROM events WHERE seq = ?1 AND NOT EXISTS (SELECT 1"
                " FROM deliveries INDEXED BY deliveries_by_event"
                " WHERE event_seq = ?1)");
  change.Bind(1, position.event_seq);
  if (is_kept) {
    BindTime(change, 2, NextCheck(position.kept_from, oldest));
  }
  change.Execute();
}

// Deletes ended jobs that were created before `oldest`.
void DeleteOldRetryJobs(Connection& connection, absl::Time oldest) {
  Statement erase = connection.Prepared(
      "DELETE FROM retry_jobs WHERE is_running = 0 AND id < ?");
  const std::string first = LowestIdAt(oldest);
  BindBytes(erase, 1, first);
  erase.Execute();
}

}  // namespace

absl::StatusOr<bool> DeleteOldEvents(Connection& connection,
                                     const Leases& leases, absl::Time now,
                                     absl::Time oldest,
                                     RetentionPosition& position,
                                     Notifications& notifications) {
  return connection.Guarded("delete old events", [&]() -> absl::StatusOr<bool> {
    int budget = kStepRows;
    for (int events = 0; events < kRetentionStepEvents && budget > 0;
         ++events) {
      if (position.event_seq == 0) {
        position.event_seq = SelectOldEvent(connection, oldest);
      }
      if (position.event_seq == 0) {
        DeleteOldRetryJobs(connection, oldest);
        return false;
      }
      if (!ExamineDeliveries(connection, leases, now, oldest, position, budget,
                             notifications)) {
        return true;
      }
      FinishEvent(connection, oldest, position);
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
        if (!row.Step()) return absl::InfinitePast();
        return TimeColumn(row, 0);
      });
}

absl::Status UpdateRetentionTime(Connection& connection, absl::Time time) {
  return connection.Guarded("set the retention clock", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "INSERT INTO retention_clock (id, time) VALUES (1, ?)"
        " ON CONFLICT (id) DO UPDATE SET time = excluded.time");
    BindTime(update, 1, time);
    update.Execute();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sql
