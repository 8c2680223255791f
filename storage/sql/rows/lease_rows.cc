#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "storage/changes.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/event_reader.h"
#include "storage/sql/rows/health_rows.h"
#include "storage/sql/rows/queue_rows.h"
#include "storage/sql/rows/waiting_rows.h"
#include "storage/sql/rows/webhook_reader.h"
#include "storage/sql/rows/webhook_rows.h"

// The leasing of deliveries, which queue_rows.h declares.
namespace webhooks::sql {
namespace {

// The delay before the next request for an endpoint whose rows could not be
// read.
constexpr absl::Duration kRetryAfterError = absl::Seconds(5);

// The number of events that are read together: each can have up to
// EventStore::kMaxEventBytes.
constexpr std::size_t kEventsAtOnce = 32;

// The deliveries that wait for one endpoint.
struct EndpointRows {
  EndpointRows(Connection& connection, const LeaseRequest& request)
      : at_once(connection, WaitingRows::Order::kAtOnce,
                request.endpoint.webhook, FirstRows(request)),
        timed(connection, WaitingRows::Order::kTimed, request.endpoint.webhook,
              FirstRows(request)) {}

  // Some may be leased already.
  static int FirstRows(const LeaseRequest& request) {
    constexpr int kSpare = 16;
    return std::min(request.limit + kSpare, Connection::kFirstRows);
  }

  void Prefetch() {
    at_once.Prefetch();
    timed.Prefetch();
  }

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

// One of the requests.
struct Part {
  explicit Part(const LeaseRequest& one) : request(&one) {}

  const LeaseRequest* request;
  EndpointLease answer;
  std::optional<StoredWebhook> stored;
  std::vector<WaitingDelivery> chosen;
  // The size of the events that were read.
  std::size_t bytes = 0;
  // The 16 bytes of the ids of deliveries whose events are damaged.
  std::vector<std::string> damaged;
};

// Leases deliveries: chooses those of all requests, then reads their events, so
// that each of the two takes few round trips to the database.
class LeaseCall {
 public:
  LeaseCall(Connection& connection, const Sealer& sealer, Leases& leases,
            absl::Time now, absl::Duration duration,
            Notifications& notifications)
      : connection_(connection),
        sealer_(sealer),
        leases_(leases),
        now_(now),
        duration_(duration),
        notifications_(notifications) {}

  std::vector<EndpointLease> Run(const std::vector<LeaseRequest>& requests) {
    std::vector<Part> parts;
    for (const LeaseRequest& request : requests) parts.emplace_back(request);
    if (connection_.Prefetches()) Prefetch(parts);
    for (Part& part : parts) part.answer.status = Choose(part);
    ReadEvents(parts);
    std::vector<EndpointLease> answers;
    for (Part& part : parts) answers.push_back(Finish(part));
    return answers;
  }

 private:
  void Prefetch(const std::vector<Part>& parts) {
    connection_
        .Guarded("prefetch",
                 [&]() -> absl::Status {
                   for (const Part& part : parts) {
                     PrefetchReceiver(connection_, part.request->endpoint);
                     EndpointRows(connection_, *part.request).Prefetch();
                   }
                   return absl::OkStatus();
                 })
        .IgnoreError();
  }

  absl::Status Choose(Part& part) {
    const Endpoint& endpoint = part.request->endpoint;
    auto stored = SelectReceiver(connection_, sealer_, endpoint);
    // Then it cannot receive, so its damage is reported once.
    if (absl::IsDataLoss(stored.status())) {
      absl::Status deactivated =
          DeactivateDamaged(connection_, endpoint, now_, notifications_);
      return deactivated.ok() ? stored.status() : deactivated;
    }
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return CancelIfRemoved(endpoint);
    part.stored = *std::move(stored);
    return connection_.Guarded("lease deliveries", [&]() -> absl::Status {
      EndpointRows rows(connection_, *part.request);
      if (part.stored->webhook.delivery().ordered()) {
        ChooseFirst(rows, part);
      } else {
        ChooseAny(rows, part);
      }
      return absl::OkStatus();
    });
  }

  // A webhook can be removed on another server while an event for it is
  // published.
  absl::Status CancelIfRemoved(const Endpoint& endpoint) {
    return connection_.Guarded("cancel deliveries", [&]() -> absl::Status {
      if (!HasWebhook(connection_, endpoint.project, endpoint.webhook)) {
        InsertRemovedWebhook(connection_, endpoint.webhook);
      }
      return absl::OkStatus();
    });
  }

  // Chooses the first delivery of an ordered webhook. If that is leased,
  // chooses none: the deliveries behind the first one wait for its end.
  void ChooseFirst(EndpointRows& rows, Part& part) {
    absl::Time& next_due = part.answer.next_due;
    WaitingRows* const front = rows.First(now_);
    if (front == nullptr) {
      next_due = rows.NextDue(now_);
      return;
    }
    const WaitingDelivery first = *front->Front();
    if (const auto left = leases_.TimeLeft(first.id)) {
      next_due = now_ + *left;
      leases_.MarkBlocking(first.id);
    } else if (first.not_before > now_) {
      next_due = first.not_before;
    } else {
      part.chosen.push_back(first);
      front->Pop();
      next_due = rows.NextDue(now_);
    }
  }

  void ChooseAny(EndpointRows& rows, Part& part) {
    absl::Time& next_due = part.answer.next_due;
    const auto limit = static_cast<std::size_t>(part.request->limit);
    for (;;) {
      const WaitingDelivery* const placed =
          FirstFree(rows.at_once, leases_, now_, next_due);
      const WaitingDelivery* const timed =
          FirstFree(rows.timed, leases_, now_, next_due);
      if (placed == nullptr && timed == nullptr) return;
      const bool is_timed =
          placed == nullptr || (timed != nullptr && timed->due <= placed->due);
      const WaitingDelivery& first = is_timed ? *timed : *placed;
      if (part.chosen.size() == limit) {
        next_due = std::min({next_due, first.due, now_});
        return;
      }
      part.chosen.push_back(first);
      (is_timed ? rows.timed : rows.at_once).Pop();
    }
  }

  void ReadEvents(std::vector<Part>& parts) {
    std::vector<std::pair<Part*, const WaitingDelivery*>> all;
    for (Part& part : parts) {
      if (!part.answer.status.ok()) continue;
      for (const WaitingDelivery& one : part.chosen) {
        all.emplace_back(&part, &one);
      }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      Part& part = *all[i].first;
      const WaitingDelivery& waiting = *all[i].second;
      EndpointLease& answer = part.answer;
      if (i % kEventsAtOnce == 0) RequestEvents(absl::MakeSpan(all).subspan(i));
      if (!answer.status.ok()) continue;
      if (IsFull(part)) {
        answer.next_due = std::min({answer.next_due, waiting.due, now_});
        continue;
      }
      answer.status =
          connection_.Guarded("lease deliveries", [&]() -> absl::Status {
            Lease(part, waiting);
            return absl::OkStatus();
          });
    }
  }

  static bool IsFull(const Part& part) {
    return part.bytes >= DeliveryQueue::kMaxLeaseBytes;
  }

  void RequestEvents(
      absl::Span<const std::pair<Part*, const WaitingDelivery*>> next) {
    if (!connection_.Prefetches()) return;
    connection_
        .Guarded("prefetch",
                 [&]() -> absl::Status {
                   for (const auto& [part, waiting] :
                        next.first(std::min(next.size(), kEventsAtOnce))) {
                     if (!part->answer.status.ok() || IsFull(*part)) continue;
                     PrefetchEventBody(connection_, waiting->event_seq);
                   }
                   return absl::OkStatus();
                 })
        .IgnoreError();
  }

  void Lease(Part& part, const WaitingDelivery& waiting) {
    LeasedDelivery leased;
    auto event = SelectEventBody(connection_, waiting.event_seq, leased.trace);
    if (!event.ok()) {
      part.damaged.push_back(waiting.id);
      return;
    }
    leased.id = UuidText(waiting.id);
    leased.attempt = waiting.attempts + 1;
    leased.step = leased.attempt - waiting.schedule_base;
    leased.due = waiting.due;
    leased.event = *std::move(event);
    part.bytes += leased.event.data().size();
    leased.lease = leases_.Add(waiting.id, part.request->endpoint,
                               leased.attempt, duration_, waiting.retry_at);
    if (part.stored->webhook.delivery().ordered()) {
      leases_.MarkBlocking(waiting.id);
    }
    part.answer.deliveries.push_back(std::move(leased));
  }

  EndpointLease Finish(Part& part) {
    EndpointLease& answer = part.answer;
    if (answer.status.ok() && !part.damaged.empty()) {
      answer.status =
          connection_.Guarded("fail deliveries", [&]() -> absl::Status {
            for (const std::string& id : part.damaged) {
              FailDelivery(connection_, id, v1::Delivery::EVENT_DAMAGED, now_,
                           notifications_);
            }
            return absl::OkStatus();
          });
      // Others may wait behind them.
      answer.next_due = now_;
    }
    if (!answer.status.ok()) return Failed(answer);
    if (!part.stored) return std::move(answer);
    answer.secrets = SecretsInForce(part.stored->secrets, now_);
    answer.resumed_at = part.stored->resumed_at;
    answer.webhook = std::move(part.stored->webhook);
    return std::move(answer);
  }

  EndpointLease Failed(const EndpointLease& answer) {
    for (const LeasedDelivery& delivery : answer.deliveries) {
      leases_.End(UuidBytes(delivery.id), delivery.lease);
    }
    EndpointLease failed;
    failed.status = answer.status;
    // A damaged webhook is inactive now and need not be requested again.
    if (!absl::IsDataLoss(failed.status)) {
      failed.next_due = now_ + kRetryAfterError;
    }
    return failed;
  }

  Connection& connection_;
  const Sealer& sealer_;
  Leases& leases_;
  const absl::Time now_;
  const absl::Duration duration_;
  Notifications& notifications_;
};

}  // namespace

std::vector<EndpointLease> LeaseDue(Connection& connection,
                                    const Sealer& sealer, Leases& leases,
                                    const std::vector<LeaseRequest>& requests,
                                    absl::Time now, absl::Duration duration,
                                    Notifications& notifications) {
  return LeaseCall(connection, sealer, leases, now, duration, notifications)
      .Run(requests);
}

}  // namespace webhooks::sql
