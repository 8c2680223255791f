#ifndef WEBHOOKS_STORAGE_DELIVERY_PROGRESS_H_
#define WEBHOOKS_STORAGE_DELIVERY_PROGRESS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "storage/leases.h"
#include "webhooks/v1/delivery.pb.h"

// The progress of a delivery from attempt to attempt.
namespace webhooks {

// The queue_at of a delivery that is due at once, or that keeps its place ahead
// of its webhook's other deliveries between attempts. Such deliveries wait in
// the order of their places, the others in the order of their queue_at.
inline constexpr absl::Time kAtOnce = absl::UnixEpoch();

// The stored fields of a delivery that attempts change.
struct DeliveryProgress {
  // PENDING includes HELD and IN_FLIGHT, which are not stored.
  v1::Delivery::State state = v1::Delivery::PENDING;
  int attempts = 0;
  // The number of attempts before the schedule last restarted.
  int schedule_base = 0;
  absl::Time queue_at = kAtOnce;
  // When the next attempt is due. Unset: at queue_at, or when the event was
  // published if that is kAtOnce.
  std::optional<absl::Time> retry_at = std::nullopt;
  // Retention counts from this time: when the next attempt is or was due, or
  // when the delivery ended.
  absl::Time kept_from;
};

// Returns the progress of a new delivery of an event that is published at
// `now`.
DeliveryProgress NewDelivery(absl::Time now, absl::Time deliver_at);

// Moves `progress` on after an attempt under `lease`. A success always counts.
// If the delivery has ended in the meantime, a failure changes only the number
// of attempts.
void RecordAttempt(const AttemptResult& result, const Leases::Lease& lease,
                   DeliveryProgress& progress);

// Returns the state to show for a delivery whose stored state is `stored`.
// `can_receive` is CanReceive of its webhook; unset if that was removed.
v1::Delivery::State ShownState(v1::Delivery::State stored, bool is_in_flight,
                               std::optional<bool> can_receive);

// Returns OK if the delivery can be cancelled, FAILED_PRECONDITION
// (DELIVERY_ENDED) if it was delivered or has failed.
absl::Status CheckCancel(const v1::Delivery& delivery);

// Returns true if `filter` accepts the delivery. Does not look at
// DeliveryFilter::event.
bool Matches(const v1::Delivery& delivery, const DeliveryFilter& filter);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DELIVERY_PROGRESS_H_
