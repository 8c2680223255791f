#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/errors.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/queue_rows.h"
#include "storage/sqlite/rows/webhook_health.h"

// The recording of attempts, which queue_rows.h declares.
namespace webhooks::sqlite {
namespace {

using Outcome = AttemptResult::Outcome;

// The columns of a delivery's row that can change.
struct Row {
  int state = 0;
  int attempts = 0;
  std::int64_t queue_at = 0;
  std::int64_t kept_from = 0;
  int schedule_base = 0;
  // Kept through PENDING only.
  std::optional<absl::Time> retry_at = std::nullopt;
};

absl::StatusOr<Row> SelectRow(Connection& connection, const std::string& id) {
  return connection.Guarded("select delivery", [&]() -> absl::StatusOr<Row> {
    Statement row = connection.Prepared(
        "SELECT state, attempts, queue_at, kept_from, schedule_base"
        " FROM deliveries WHERE id = ?");
    BindBytes(row, 1, id);
    // Retention or a project's deletion has taken it.
    if (!row->executeStep()) return LeaseLost();
    return Row{row->getColumn(0).getInt(), row->getColumn(1).getInt(),
               row->getColumn(2).getInt64(), row->getColumn(3).getInt64(),
               row->getColumn(4).getInt()};
  });
}

void End(Row& row, v1::Delivery::State state, absl::Time now) {
  row.state = state;
  row.kept_from = absl::ToUnixMillis(now);
}

// Has the delivery wait for its next attempt.
void GoOn(Row& row, const AttemptResult& result, const Leases::Lease& lease) {
  row.retry_at = result.retry_at;
  if (lease.goes_on) {
    row.retry_at = result.now;
    row.queue_at = kAtOnce;
    row.schedule_base = row.attempts;
  } else if (!lease.is_awaited) {
    row.queue_at = absl::ToUnixMillis(result.retry_at);
  }
  row.kept_from = absl::ToUnixMillis(*row.retry_at);
}

// Moves the delivery on. A success counts always; a failure only if the
// delivery has not been ended meanwhile.
void MoveOn(Row& row, const AttemptResult& result, const Leases::Lease& lease) {
  ++row.attempts;
  if (result.outcome == Outcome::kDelivered) {
    End(row, v1::Delivery::DELIVERED, result.now);
  } else if (row.state != v1::Delivery::PENDING) {
    return;
  } else if (result.outcome == Outcome::kRetry || lease.goes_on) {
    GoOn(row, result, lease);
  } else {
    End(row, v1::Delivery::FAILED, result.now);
  }
}

absl::Status UpdateRow(Connection& connection, const std::string& id,
                       const Row& row) {
  return connection.Guarded("update delivery", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE deliveries SET state = ?, attempts = ?, queue_at = ?,"
        " kept_from = ?, schedule_base = ?, retry_at = ? WHERE id = ?");
    update->bind(1, row.state);
    update->bind(2, row.attempts);
    update->bind(3, row.queue_at);
    update->bind(4, row.kept_from);
    update->bind(5, row.schedule_base);
    if (row.retry_at) BindTime(update, 6, *row.retry_at);
    BindBytes(update, 7, id);
    update->exec();
    return absl::OkStatus();
  });
}

absl::Status InsertAttempt(Connection& connection, const std::string& id,
                           int number, v1::Attempt record) {
  record.set_number(number);
  const std::string bytes = record.SerializeAsString();
  return connection.Guarded("insert attempt", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO attempts (delivery_id, number, attempt) VALUES (?, ?, ?)");
    BindBytes(insert, 1, id);
    insert->bind(2, number);
    BindBytes(insert, 3, bytes);
    insert->exec();
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status WriteAttempt(Connection& connection, const Sealer& sealer,
                          const Leases& leases, const AttemptResult& result,
                          DueNotes& notes) {
  const std::string id = UuidBytes(result.lease.delivery);
  const auto newest = leases.Find(id);
  const bool is_held = newest && newest->number == result.lease.lease;
  // A receiver that has taken the event must not get it again, whatever became
  // of the lease.
  if (!is_held && result.outcome != Outcome::kDelivered) return LeaseLost();
  const Leases::Lease lease = is_held ? *newest : Leases::Lease();
  auto row = SelectRow(connection, id);
  if (!row.ok()) return row.status();
  MoveOn(*row, result, lease);
  absl::Status status = UpdateRow(connection, id, *row);
  if (status.ok()) {
    status = InsertAttempt(connection, id, row->attempts, result.record);
  }
  if (status.ok()) status = NoteHealth(connection, sealer, result, notes);
  if (!status.ok()) return status;
  if (!is_held) {
    notes.AddChanged(result.endpoint, result.now);
  } else if (lease.is_awaited) {
    notes.Add(result.endpoint, result.now);
  } else if (row->retry_at) {
    notes.Add(result.endpoint, *row->retry_at);
  }
  return absl::OkStatus();
}

}  // namespace webhooks::sqlite
