#include "storage/delivery_progress.h"

#include <algorithm>

#include "proto/time.h"
#include "storage/errors.h"
#include "storage/uuid.h"

namespace webhooks {
namespace {

void End(v1::Delivery::State state, absl::Time now,
         DeliveryProgress& progress) {
  progress.state = state;
  progress.kept_from = now;
}

void AwaitRetry(const AttemptResult& result, const Leases::Lease& lease,
                DeliveryProgress& progress) {
  progress.retry_at = result.retry_at;
  if (lease.retry_requested) {
    progress.retry_at = result.now;
    progress.queue_at = kAtOnce;
    progress.schedule_base = progress.attempts;
  } else if (!lease.blocks_next) {
    progress.queue_at = result.retry_at;
  }
  progress.kept_from = *progress.retry_at;
}

}  // namespace

DeliveryProgress NewDelivery(absl::Time now, absl::Time deliver_at) {
  DeliveryProgress progress;
  if (deliver_at > now) progress.queue_at = deliver_at;
  progress.kept_from = std::max(now, deliver_at);
  return progress;
}

void RecordAttempt(const AttemptResult& result, const Leases::Lease& lease,
                   DeliveryProgress& progress) {
  using Outcome = AttemptResult::Outcome;
  ++progress.attempts;
  progress.retry_at.reset();
  if (result.outcome == Outcome::kDelivered) {
    End(v1::Delivery::DELIVERED, result.now, progress);
  } else if (progress.state != v1::Delivery::PENDING) {
    return;
  } else if (result.outcome == Outcome::kRetry || lease.retry_requested) {
    AwaitRetry(result, lease, progress);
  } else {
    End(v1::Delivery::FAILED, result.now, progress);
  }
}

v1::Delivery::State ShownState(v1::Delivery::State stored, bool is_in_flight,
                               std::optional<bool> can_receive) {
  if (stored != v1::Delivery::PENDING) return stored;
  if (is_in_flight) return v1::Delivery::IN_FLIGHT;
  if (!can_receive) return v1::Delivery::CANCELLED;
  return *can_receive ? v1::Delivery::PENDING : v1::Delivery::HELD;
}

absl::Status CheckCancel(const v1::Delivery& delivery) {
  const bool has_ended = delivery.state() == v1::Delivery::DELIVERED ||
                         delivery.state() == v1::Delivery::FAILED;
  return has_ended ? DeliveryEnded() : absl::OkStatus();
}

bool Matches(const v1::Delivery& delivery, const DeliveryFilter& filter) {
  const absl::Time published = FromTimestamp(delivery.created_at());
  return (!filter.state || delivery.state() == *filter.state) &&
         (!filter.event_type || delivery.event_type() == *filter.event_type) &&
         (!filter.webhook || UuidBytes(delivery.id_webhook_endpoint()) ==
                                 UuidBytes(*filter.webhook)) &&
         published >= filter.published.start &&
         published < filter.published.end;
}

}  // namespace webhooks
