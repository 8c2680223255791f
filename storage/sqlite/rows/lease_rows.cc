#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/changes.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/event_rows.h"
#include "storage/sqlite/rows/queue_rows.h"
#include "storage/sqlite/rows/stored_webhook.h"
#include "storage/sqlite/rows/waiting_rows.h"
#include "storage/sqlite/rows/webhook_health.h"

// The leasing of deliveries, which queue_rows.h declares.
namespace webhooks::sqlite {
namespace {

// An endpoint whose rows could not be read is asked for again after this.
constexpr absl::Duration kAskAgain = absl::Seconds(5);

// Leases one row after another.
class Leaser {
 public:
  Leaser(Connection& connection, Leases& leases, absl::Duration length,
         EndpointLease& answer)
      : connection_(connection),
        leases_(leases),
        length_(length),
        answer_(answer) {}

  // False: its event is damaged.
  bool Take(const Waiting& waiting) {
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
    leased.lease = leases_.Add(waiting.id, leased.attempt, length_);
    answer_.deliveries.push_back(std::move(leased));
    return true;
  }

  bool IsFull() const { return bytes_ >= DeliveryQueue::kMaxLeaseBytes; }

  // The 16 bytes of the ids of deliveries that cannot be made.
  const std::vector<std::string>& damaged() const { return damaged_; }

 private:
  Connection& connection_;
  Leases& leases_;
  const absl::Duration length_;
  EndpointLease& answer_;
  std::vector<std::string> damaged_;
  std::size_t bytes_ = 0;
};

// The deliveries that wait for one endpoint.
struct EndpointRows {
  EndpointRows(Connection& connection, absl::string_view webhook)
      : at_once(connection, WaitingRows::Order::kAtOnce, webhook),
        timed(connection, WaitingRows::Order::kTimed, webhook) {}

  // The one that is first by order of an ordered webhook; null: none is due.
  WaitingRows* First(absl::Time now) {
    const Waiting* const one = at_once.Front();
    const Waiting* const other = timed.Front();
    if (other != nullptr && other->since <= now &&
        (one == nullptr || other->since < one->since)) {
      return &timed;
    }
    return one == nullptr ? nullptr : &at_once;
  }

  // When the next of those that are left is due.
  absl::Time NextDue(absl::Time now) {
    if (const Waiting* const one = at_once.Front()) {
      return std::min(std::max(one->due, one->not_before), now);
    }
    const Waiting* const other = timed.Front();
    return other == nullptr ? absl::InfiniteFuture() : other->due;
  }

  WaitingRows at_once;
  WaitingRows timed;
};

// Only the first, and only when that is not leased: what comes behind it waits
// for its end.
void LeaseFirst(EndpointRows& endpoint, Leases& leases, absl::Time now,
                Leaser& leaser, absl::Time& next_due) {
  WaitingRows* const rows = endpoint.First(now);
  if (rows == nullptr) {
    next_due = endpoint.NextDue(now);
    return;
  }
  const Waiting first = *rows->Front();
  if (const auto left = leases.TimeLeft(first.id)) {
    next_due = now + *left;
  } else if (first.not_before > now) {
    next_due = first.not_before;
    return;
  } else {
    rows->Pop();
    next_due = leaser.Take(first) ? endpoint.NextDue(now) : now;
  }
  leases.Await(first.id);
}

// The first that is neither leased nor has to wait; null: none is.
const Waiting* FirstFree(WaitingRows& rows, const Leases& leases,
                         absl::Time now, absl::Time& next_due) {
  for (;;) {
    const Waiting* const front = rows.Front();
    if (front == nullptr) return nullptr;
    if (const auto left = leases.TimeLeft(front->id)) {
      next_due = std::min(next_due, now + *left);
    } else if (front->not_before <= now) {
      return front;
    } else {
      next_due = std::min(next_due, front->not_before);
      // The rows behind it are not due either, unless a webhook was ordered.
      if (front->since > now) return nullptr;
    }
    rows.Pop();
  }
}

void LeaseAny(EndpointRows& endpoint, const Leases& leases, absl::Time now,
              int limit, Leaser& leaser, absl::Time& next_due) {
  for (int taken = 0;;) {
    const Waiting* const one =
        FirstFree(endpoint.at_once, leases, now, next_due);
    const Waiting* const other =
        FirstFree(endpoint.timed, leases, now, next_due);
    if (one == nullptr && other == nullptr) return;
    const bool is_timed =
        one == nullptr || (other != nullptr && other->due <= one->due);
    const Waiting& first = is_timed ? *other : *one;
    if (taken == limit || leaser.IsFull()) {
      next_due = std::min({next_due, first.due, now});
      return;
    }
    if (leaser.Take(first)) ++taken;
    (is_timed ? endpoint.timed : endpoint.at_once).Pop();
  }
}

// Returns true if the webhook is there and can receive. A damaged one cannot
// once it is deactivated, so that its damage is told once.
absl::StatusOr<bool> CanReceive(Connection& connection,
                                const Endpoint& endpoint) {
  return connection.Guarded("look at webhook", [&]() -> absl::StatusOr<bool> {
    Statement row = connection.Prepared(
        "SELECT 1 FROM webhooks WHERE project_id = ?1 AND id = ?2"
        " AND active = 1 AND url IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
        " projects WHERE id = ?1 AND deleted_at IS NOT NULL)");
    BindUuid(row, 1, endpoint.project);
    BindUuid(row, 2, endpoint.webhook);
    return row->executeStep();
  });
}

absl::Status LeaseInto(EndpointLease& answer, Connection& connection,
                       const Sealer& sealer, Leases& leases,
                       const LeaseRequest& request, absl::Time now,
                       absl::Duration length, DueNotes& notes) {
  const auto can_receive = CanReceive(connection, request.endpoint);
  if (!can_receive.ok() || !*can_receive) return can_receive.status();
  auto stored = SelectStored(connection, sealer, request.endpoint.project,
                             request.endpoint.webhook);
  if (absl::IsDataLoss(stored.status())) {
    absl::Status put_out_of_use =
        DeactivateDamaged(connection, request.endpoint, now, notes);
    return put_out_of_use.ok() ? stored.status() : put_out_of_use;
  }
  if (!stored.ok()) return stored.status();
  return connection.Guarded("lease deliveries", [&]() -> absl::Status {
    Leaser leaser(connection, leases, length, answer);
    {
      EndpointRows rows(connection, request.endpoint.webhook);
      if (stored->webhook.delivery().ordered()) {
        LeaseFirst(rows, leases, now, leaser, answer.next_due);
      } else {
        LeaseAny(rows, leases, now, request.limit, leaser, answer.next_due);
      }
    }
    for (const std::string& id : leaser.damaged()) {
      FailDelivery(connection, id, v1::Delivery::EVENT_DAMAGED, now);
    }
    answer.secrets = InForce(stored->secrets, now);
    answer.resumed_at = stored->resumed_at;
    answer.webhook = std::move(stored->webhook);
    return absl::OkStatus();
  });
}

}  // namespace

EndpointLease LeaseDue(Connection& connection, const Sealer& sealer,
                       Leases& leases, const LeaseRequest& request,
                       absl::Time now, absl::Duration length, DueNotes& notes) {
  EndpointLease answer;
  absl::Status status = LeaseInto(answer, connection, sealer, leases, request,
                                  now, length, notes);
  if (status.ok()) return answer;
  for (const LeasedDelivery& delivery : answer.deliveries) {
    leases.End(UuidBytes(delivery.id), delivery.lease);
  }
  answer = EndpointLease();
  // One that is damaged is inactive now: nobody need ask for it.
  if (!absl::IsDataLoss(status)) answer.next_due = now + kAskAgain;
  answer.status = std::move(status);
  return answer;
}

}  // namespace webhooks::sqlite
