#include <optional>
#include <string>

#include "storage/delivery_progress.h"
#include "storage/errors.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/health_rows.h"
#include "storage/sql/rows/queue_rows.h"

// The recording of attempts, which queue_rows.h declares.
namespace webhooks::sql {
namespace {

Statement ProgressRow(Connection& connection, const std::string& id) {
  Statement row = connection.Prepared(
      "SELECT state, attempts, schedule_base, queue_at, kept_from, retry_at"
      " FROM deliveries WHERE id = ?");
  BindBytes(row, 1, id);
  return row;
}

absl::StatusOr<DeliveryProgress> SelectProgress(Connection& connection,
                                                const std::string& id) {
  using Progress = absl::StatusOr<DeliveryProgress>;
  return connection.Guarded("select delivery", [&]() -> Progress {
    Statement row = ProgressRow(connection, id);
    // Retention, or the deletion of its project, has deleted it.
    if (!row.Step()) return LeaseLost();
    DeliveryProgress progress;
    progress.state = static_cast<v1::Delivery::State>(row.Int(0));
    progress.attempts = row.Int(1);
    progress.schedule_base = row.Int(2);
    progress.queue_at = TimeColumn(row, 3);
    progress.kept_from = TimeColumn(row, 4);
    progress.retry_at = OptionalTimeColumn(row, 5);
    return progress;
  });
}

absl::Status UpdateProgress(Connection& connection, const std::string& id,
                            const DeliveryProgress& progress) {
  return connection.Guarded("update delivery", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE deliveries SET state = ?, attempts = ?, schedule_base = ?,"
        " queue_at = ?, kept_from = ?, retry_at = ? WHERE id = ?");
    update.Bind(1, static_cast<int>(progress.state));
    update.Bind(2, progress.attempts);
    update.Bind(3, progress.schedule_base);
    BindTime(update, 4, progress.queue_at);
    BindTime(update, 5, progress.kept_from);
    if (progress.retry_at) BindTime(update, 6, *progress.retry_at);
    BindBytes(update, 7, id);
    update.Execute();
    return absl::OkStatus();
  });
}

std::string BytesOf(v1::Attempt record, int number) {
  record.set_number(number);
  return record.SerializeAsString();
}

// Returns true if an earlier call has recorded the attempt, whose outcome
// nobody knew: it is the last one of the delivery then. `attempts` is their
// number.
absl::StatusOr<bool> IsRepeat(Connection& connection, const std::string& id,
                              int attempts, const Leases::Lease& lease,
                              const v1::Attempt& record) {
  if (attempts < lease.attempt) return false;
  return connection.Guarded("select attempt", [&]() -> absl::StatusOr<bool> {
    Statement row = connection.Prepared(
        "SELECT attempt FROM attempts WHERE delivery_id = ? AND number = ?");
    BindBytes(row, 1, id);
    row.Bind(2, attempts);
    return row.Step() && BlobColumn(row, 0) == BytesOf(record, attempts);
  });
}

// Fails if the number was used since the row of the delivery was prefetched.
absl::Status InsertAttempt(Connection& connection, const std::string& id,
                           int number, const v1::Attempt& record) {
  const std::string bytes = BytesOf(record, number);
  return connection.Guarded("insert attempt", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO attempts (delivery_id, number, attempt) VALUES (?, ?, ?)");
    BindBytes(insert, 1, id);
    insert.Bind(2, number);
    BindBytes(insert, 3, bytes);
    insert.Execute();
    return absl::OkStatus();
  });
}

}  // namespace

void PrefetchProgress(Connection& connection, const std::string& id) {
  ProgressRow(connection, id).Prefetch();
}

absl::StatusOr<RecordedAttempt> WriteAttempt(Connection& connection,
                                             const Sealer& sealer,
                                             const Leases& leases,
                                             const AttemptResult& result,
                                             Notifications& notifications) {
  const std::string id = UuidBytes(result.lease.delivery);
  const auto newest = leases.Find(id);
  const bool is_held = newest && newest->number == result.lease.lease;
  // A success is recorded without a lease too, so that a receiver that has
  // accepted the event does not get it again.
  if (!is_held && result.outcome != AttemptResult::Outcome::kDelivered) {
    return LeaseLost();
  }
  Leases::Lease lease = is_held ? *newest : Leases::Lease();
  auto progress = SelectProgress(connection, id);
  if (!progress.ok()) return progress.status();
  // A retry on another server changes this time, and cannot mark the lease.
  if (is_held && progress->attempts < lease.attempt &&
      progress->retry_at != lease.retry_at) {
    lease.retry_requested = true;
  }
  const auto is_repeat =
      IsRepeat(connection, id, progress->attempts, lease, result.record);
  if (!is_repeat.ok()) return is_repeat.status();
  if (!*is_repeat) {
    RecordAttempt(result, lease, *progress);
    absl::Status status = UpdateProgress(connection, id, *progress);
    if (status.ok()) {
      status = InsertAttempt(connection, id, progress->attempts, result.record);
    }
    if (status.ok()) {
      status = RecordHealth(connection, sealer, result, notifications);
    }
    if (!status.ok()) return status;
  }
  if (!is_held) {
    notifications.AddChanged(result.endpoint, result.now);
  } else if (lease.blocks_next) {
    notifications.AddDue(result.endpoint, result.now);
  } else if (progress->retry_at) {
    notifications.AddDue(result.endpoint, *progress->retry_at);
  }
  return RecordedAttempt{progress->state, progress->retry_at};
}

}  // namespace webhooks::sql
