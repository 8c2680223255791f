#include "storage/sqlite/queue_rows.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/event_rows.h"
#include "storage/sqlite/stored_webhook.h"
#include "storage/sqlite/webhook_health.h"

namespace webhooks::sqlite {
namespace {

// A row of those that wait for one endpoint.
struct Waiting {
  std::string id;
  absl::Time queue_at;
  // When it may be attempted.
  absl::Time due;
  int attempts = 0;
  int schedule_base = 0;
  std::int64_t event_seq = 0;
};

constexpr absl::string_view kWaiting =
    "SELECT id, queue_at, retry_at, attempts, schedule_base, event_seq"
    " FROM deliveries INDEXED BY waiting_deliveries"
    " WHERE webhook_id = ? AND state = 1 ORDER BY queue_at, event_seq";

Waiting ReadWaiting(Statement& row) {
  Waiting waiting;
  waiting.id = std::string(BlobColumn(row, 0));
  waiting.queue_at = absl::FromUnixMillis(row->getColumn(1).getInt64());
  waiting.due = row->isColumnNull(2)
                    ? waiting.queue_at
                    : absl::FromUnixMillis(row->getColumn(2).getInt64());
  waiting.attempts = row->getColumn(3).getInt();
  waiting.schedule_base = row->getColumn(4).getInt();
  waiting.event_seq = row->getColumn(5).getInt64();
  return waiting;
}

// When the delivery's lease ends; nullopt: nobody has leased it.
std::optional<absl::Time> LeasedUntil(const Leases& leases,
                                      absl::string_view id, absl::Time now) {
  const auto lease = leases.Find(id);
  if (!lease || lease->until <= now) return std::nullopt;
  return lease->until;
}

// Leases one row after another.
class Leaser {
 public:
  Leaser(Connection& connection, Leases& leases, absl::Time until,
         EndpointLease& answer)
      : connection_(connection),
        leases_(leases),
        until_(until),
        answer_(answer) {}

  void Take(const Waiting& waiting) {
    LeasedDelivery& leased = answer_.deliveries.emplace_back();
    leased.id = UuidText(waiting.id);
    leased.attempt = waiting.attempts + 1;
    leased.step = leased.attempt - waiting.schedule_base;
    leased.due = waiting.due;
    leased.event =
        SelectEventBody(connection_, waiting.event_seq, leased.trace);
    bytes_ += leased.event.data().size();
    leased.lease = leases_.Add(waiting.id, leased.attempt, until_);
  }

  bool IsFull() const { return bytes_ >= DeliveryQueue::kMaxLeaseBytes; }

 private:
  Connection& connection_;
  Leases& leases_;
  const absl::Time until_;
  EndpointLease& answer_;
  std::size_t bytes_ = 0;
};

// Only the first, and only when that is not leased: what comes behind it waits
// for its end.
void LeaseFirst(Statement& row, Leases& leases, absl::Time now, Leaser& leaser,
                absl::Time& next_due) {
  if (!row->executeStep()) return;
  const Waiting first = ReadWaiting(row);
  if (const auto until = LeasedUntil(leases, first.id, now)) {
    next_due = *until;
  } else if (first.due > now) {
    next_due = first.due;
    return;
  } else {
    leaser.Take(first);
    if (row->executeStep()) next_due = ReadWaiting(row).due;
  }
  leases.Await(first.id);
}

void LeaseAny(Statement& row, const Leases& leases, absl::Time now, int limit,
              Leaser& leaser, absl::Time& next_due) {
  for (int taken = 0; row->executeStep();) {
    const Waiting waiting = ReadWaiting(row);
    if (const auto until = LeasedUntil(leases, waiting.id, now)) {
      next_due = std::min(next_due, *until);
      continue;
    }
    if (waiting.queue_at > now || taken == limit || leaser.IsFull()) {
      next_due = std::min(next_due, waiting.queue_at);
      return;
    }
    // Left by a webhook that was ordered.
    if (waiting.due > now) {
      next_due = std::min(next_due, waiting.due);
      continue;
    }
    leaser.Take(waiting);
    ++taken;
  }
}

absl::Status InsertAttempt(Connection& connection,
                           const AttemptResult& result) {
  const std::string bytes = result.record.SerializeAsString();
  return connection.Guarded("insert attempt", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO attempts (delivery_id, number, attempt) VALUES (?, ?, ?)");
    BindUuid(insert, 1, result.lease.delivery);
    insert->bind(2, result.attempt);
    BindBytes(insert, 3, bytes);
    insert->exec();
    return absl::OkStatus();
  });
}

// The state of a delivery after an attempt, unless it was cancelled meanwhile.
v1::Delivery::State StateAfter(const AttemptResult& result) {
  switch (result.outcome) {
    case AttemptResult::Outcome::kDelivered:
      return v1::Delivery::DELIVERED;
    case AttemptResult::Outcome::kRetry:
      return v1::Delivery::PENDING;
    case AttemptResult::Outcome::kFailed:
      return v1::Delivery::FAILED;
  }
  return v1::Delivery::FAILED;
}

// ABORTED (LEASE_LOST): the delivery is gone.
absl::Status UpdateDelivery(Connection& connection, const AttemptResult& result,
                            bool ordered) {
  return connection.Guarded("update delivery", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE deliveries SET attempts = ?1,"
        " state = CASE WHEN state = 6 AND ?2 <> 3 THEN 6 ELSE ?2 END,"
        " queue_at = ifnull(?3, queue_at), retry_at = ?4 WHERE id = ?5");
    update->bind(1, result.attempt);
    update->bind(2, static_cast<int>(StateAfter(result)));
    if (result.outcome == AttemptResult::Outcome::kRetry) {
      update->bind(ordered ? 4 : 3, absl::ToUnixMillis(result.retry_at));
    }
    BindUuid(update, 5, result.lease.delivery);
    return update->exec() == 1 ? absl::OkStatus() : LeaseLost();
  });
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
              "SELECT project_id, webhook_id, queue_at FROM deliveries"
              " INDEXED BY waiting_deliveries WHERE webhook_id > ?"
              " AND state = 1 ORDER BY webhook_id, queue_at LIMIT 1");
          BindBytes(row, 1, last);
          if (!row->executeStep()) break;
          last = std::string(BlobColumn(row, 1));
          endpoints.push_back(
              {{UuidColumn(row, 0), UuidColumn(row, 1)},
               absl::FromUnixMillis(row->getColumn(2).getInt64())});
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

absl::StatusOr<EndpointLease> LeaseDue(Connection& connection,
                                       const Sealer& sealer, Leases& leases,
                                       const LeaseWish& wish, absl::Time now,
                                       absl::Time until) {
  EndpointLease answer;
  auto stored = SelectStored(connection, sealer, wish.endpoint.project,
                             wish.endpoint.webhook);
  if (absl::IsNotFound(stored.status())) return answer;
  if (!stored.ok()) return stored.status();
  if (!CanReceive(stored->webhook)) return answer;
  answer.secrets = InForce(stored->secrets, now);
  answer.resumed_at = stored->resumed_at;
  const bool ordered = stored->webhook.delivery().ordered();
  answer.webhook = std::move(stored->webhook);
  absl::Status leased =
      connection.Guarded("lease deliveries", [&]() -> absl::Status {
        Statement row = connection.Prepared(kWaiting);
        BindUuid(row, 1, wish.endpoint.webhook);
        Leaser leaser(connection, leases, until, answer);
        if (ordered) {
          LeaseFirst(row, leases, now, leaser, answer.next_due);
        } else {
          LeaseAny(row, leases, now, wish.limit, leaser, answer.next_due);
        }
        return absl::OkStatus();
      });
  if (!leased.ok()) return leased;
  return answer;
}

absl::Status WriteAttempt(Connection& connection, const Sealer& sealer,
                          const Leases& leases, const AttemptResult& result,
                          DueNotes& notes) {
  const auto lease = leases.Find(UuidBytes(result.lease.delivery));
  if (!lease || lease->number != result.lease.lease) return LeaseLost();
  absl::Status status = UpdateDelivery(connection, result, lease->is_awaited);
  if (status.ok()) status = InsertAttempt(connection, result);
  if (status.ok()) status = NoteHealth(connection, sealer, result, notes);
  if (!status.ok()) return status;
  if (lease->is_awaited) {
    notes.Add(result.endpoint, result.now);
  } else if (result.outcome == AttemptResult::Outcome::kRetry) {
    notes.Add(result.endpoint, result.retry_at);
  }
  return absl::OkStatus();
}

}  // namespace webhooks::sqlite
