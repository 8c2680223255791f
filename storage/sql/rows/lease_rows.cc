#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/changes.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/event_reader.h"
#include "storage/sql/rows/health_rows.h"
#include "storage/sql/rows/queue_rows.h"
#include "storage/sql/rows/waiting_rows.h"
#include "storage/sql/rows/webhook_reader.h"

// The leasing of deliveries, which queue_rows.h declares.
namespace webhooks::sql {
namespace {

// The delay before the next request for an endpoint whose rows could not be
// read.
constexpr absl::Duration kRetryAfterError = absl::Seconds(5);

// Leases deliveries one after another.
class Leaser {
 public:
  Leaser(Connection& connection, Leases& leases, const Endpoint& endpoint,
         absl::Duration duration, EndpointLease& answer)
      : connection_(connection),
        leases_(leases),
        endpoint_(endpoint),
        duration_(duration),
        answer_(answer) {}

  // Returns false if the event of the delivery is damaged.
  bool Lease(const WaitingDelivery& waiting) {
    LeasedDelivery leased;
    auto event = SelectEventBody(connection_, waiting.event_seq, leased.trace);
    if (!event.ok()) {
      damaged_.push_back(waiting.id);
      return false;
    }
    leased.id = UuidText(waiting.id);
    leased.attempt = waiting.attempts + 1;
    leased.step = leased.attempt - waiting.schedule_base;
    leased.due = waiting.due;
    leased.event = *std::move(event);
    bytes_ += leased.event.data().size();
    leased.lease =
        leases_.Add(waiting.id, endpoint_, leased.attempt, duration_);
    answer_.deliveries.push_back(std::move(leased));
    return true;
  }

  bool IsFull() const { return bytes_ >= DeliveryQueue::kMaxLeaseBytes; }

  // The 16 bytes of the ids of deliveries whose events are damaged.
  const std::vector<std::string>& damaged() const { return damaged_; }

 private:
  Connection& connection_;
  Leases& leases_;
  const Endpoint& endpoint_;
  const absl::Duration duration_;
  EndpointLease& answer_;
  std::vector<std::string> damaged_;
  std::size_t bytes_ = 0;
};

// The deliveries that wait for one endpoint.
struct EndpointRows {
  EndpointRows(Connection& connection, absl::string_view webhook)
      : at_once(connection, WaitingRows::Order::kAtOnce, webhook),
        timed(connection, WaitingRows::Order::kTimed, webhook) {}

  // Returns the rows whose front is the first delivery of an ordered webhook;
  // null if none is due.
  WaitingRows* First(absl::Time now) {
    const WaitingDelivery* const placed_front = at_once.Front();
    const WaitingDelivery* const timed_front = timed.Front();
    if (timed_front != nullptr && timed_front->since <= now &&
        (placed_front == nullptr || timed_front->since < placed_front->since)) {
      return &timed;
    }
    return placed_front == nullptr ? nullptr : &at_once;
  }

  // Returns when the next of the deliveries that are left is due.
  absl::Time NextDue(absl::Time now) {
    if (const WaitingDelivery* const front = at_once.Front()) {
      return std::min(std::max(front->due, front->not_before), now);
    }
    const WaitingDelivery* const front = timed.Front();
    return front == nullptr ? absl::InfiniteFuture() : front->due;
  }

  WaitingRows at_once;
  WaitingRows timed;
};

// Leases the first delivery of an ordered webhook, unless it is leased already:
// the deliveries behind it wait for its end.
void LeaseFirst(EndpointRows& endpoint, Leases& leases, absl::Time now,
                Leaser& leaser, absl::Time& next_due) {
  WaitingRows* const rows = endpoint.First(now);
  if (rows == nullptr) {
    next_due = endpoint.NextDue(now);
    return;
  }
  const WaitingDelivery first = *rows->Front();
  if (const auto left = leases.TimeLeft(first.id)) {
    next_due = now + *left;
  } else if (first.not_before > now) {
    next_due = first.not_before;
    return;
  } else {
    rows->Pop();
    next_due = leaser.Lease(first) ? endpoint.NextDue(now) : now;
  }
  leases.MarkBlocking(first.id);
}

// Returns the first delivery that is neither leased nor due later; null if
// there is none.
const WaitingDelivery* FirstFree(WaitingRows& rows, const Leases& leases,
                                 absl::Time now, absl::Time& next_due) {
  for (;;) {
    const WaitingDelivery* const front = rows.Front();
    if (front == nullptr) return nullptr;
    if (const auto left = leases.TimeLeft(front->id)) {
      next_due = std::min(next_due, now + *left);
    } else if (front->not_before <= now) {
      return front;
    } else {
      next_due = std::min(next_due, front->not_before);
      // The rows behind it are not due either, unless the webhook was ordered.
      if (front->since > now) return nullptr;
    }
    rows.Pop();
  }
}

void LeaseAny(EndpointRows& endpoint, const Leases& leases, absl::Time now,
              int limit, Leaser& leaser, absl::Time& next_due) {
  for (int leased = 0;;) {
    const WaitingDelivery* const placed =
        FirstFree(endpoint.at_once, leases, now, next_due);
    const WaitingDelivery* const timed =
        FirstFree(endpoint.timed, leases, now, next_due);
    if (placed == nullptr && timed == nullptr) return;
    const bool is_timed =
        placed == nullptr || (timed != nullptr && timed->due <= placed->due);
    const WaitingDelivery& first = is_timed ? *timed : *placed;
    if (leased == limit || leaser.IsFull()) {
      next_due = std::min({next_due, first.due, now});
      return;
    }
    if (leaser.Lease(first)) ++leased;
    (is_timed ? endpoint.timed : endpoint.at_once).Pop();
  }
}

// Returns true if the webhook exists and can receive. A damaged webhook is
// deactivated and then cannot receive, so its damage is reported once.
absl::StatusOr<bool> CanReceive(Connection& connection,
                                const Endpoint& endpoint) {
  return connection.Guarded("look at webhook", [&]() -> absl::StatusOr<bool> {
    Statement row = connection.Prepared(
        "SELECT 1 FROM webhooks WHERE project_id = ?1 AND id = ?2"
        " AND active = 1 AND url IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
        " projects WHERE id = ?1 AND deleted_at IS NOT NULL)");
    BindUuid(row, 1, endpoint.project);
    BindUuid(row, 2, endpoint.webhook);
    return row.Step();
  });
}

absl::Status LeaseInto(EndpointLease& answer, Connection& connection,
                       const Sealer& sealer, Leases& leases,
                       const LeaseRequest& request, absl::Time now,
                       absl::Duration duration, Notifications& notifications) {
  const auto can_receive = CanReceive(connection, request.endpoint);
  if (!can_receive.ok() || !*can_receive) return can_receive.status();
  auto stored = SelectStored(connection, sealer, request.endpoint.project,
                             request.endpoint.webhook);
  if (absl::IsDataLoss(stored.status())) {
    absl::Status deactivated =
        DeactivateDamaged(connection, request.endpoint, now, notifications);
    return deactivated.ok() ? stored.status() : deactivated;
  }
  if (!stored.ok()) return stored.status();
  return connection.Guarded("lease deliveries", [&]() -> absl::Status {
    Leaser leaser(connection, leases, request.endpoint, duration, answer);
    {
      EndpointRows rows(connection, request.endpoint.webhook);
      if (stored->webhook.delivery().ordered()) {
        LeaseFirst(rows, leases, now, leaser, answer.next_due);
      } else {
        LeaseAny(rows, leases, now, request.limit, leaser, answer.next_due);
      }
    }
    for (const std::string& id : leaser.damaged()) {
      FailDelivery(connection, id, v1::Delivery::EVENT_DAMAGED, now,
                   notifications);
    }
    answer.secrets = SecretsInForce(stored->secrets, now);
    answer.resumed_at = stored->resumed_at;
    answer.webhook = std::move(stored->webhook);
    return absl::OkStatus();
  });
}

}  // namespace

EndpointLease LeaseDue(Connection& connection, const Sealer& sealer,
                       Leases& leases, const LeaseRequest& request,
                       absl::Time now, absl::Duration duration,
                       Notifications& notifications) {
  EndpointLease answer;
  absl::Status status = LeaseInto(answer, connection, sealer, leases, request,
                                  now, duration, notifications);
  if (status.ok()) return answer;
  for (const LeasedDelivery& delivery : answer.deliveries) {
    leases.End(UuidBytes(delivery.id), delivery.lease);
  }
  answer = EndpointLease();
  // A damaged webhook is inactive now and need not be requested again.
  if (!absl::IsDataLoss(status)) answer.next_due = now + kRetryAfterError;
  answer.status = std::move(status);
  return answer;
}

}  // namespace webhooks::sql
