#ifndef WEBHOOKS_STORAGE_RETENTION_H_
#define WEBHOOKS_STORAGE_RETENTION_H_

#include "absl/time/time.h"
#include "webhooks/v1/delivery.pb.h"

// Rules of retention: see Upkeep::Maintain and Upkeep::AdvanceRetention.
namespace webhooks {

// The clock of retention. It is stored once a minute, so that a process that
// ends early keeps records a little longer.
class RetentionClock {
 public:
  // `stored` is the time that was stored last; InfinitePast for a new store.
  explicit RetentionClock(absl::Time stored) : time_(stored), stored_(stored) {}

  // Moves the clock towards `now`, forward by `max_step` at most, and returns
  // its time. The clock of a new store begins at `now`.
  absl::Time Advance(absl::Time now, absl::Duration max_step);

  // Returns true if the time should be stored.
  bool NeedsStoring() const;

  // Tells the clock that its time is stored.
  void MarkStored() { stored_ = time_; }

 private:
  absl::Time time_;
  absl::Time stored_;
};

enum class RetentionAction {
  kKeep,
  kExpire,  // the delivery fails, as EXPIRED
  kDelete,
};

// Returns the action for a delivery in the stored state `state` whose retention
// counts from `kept_from`. Times before `oldest` are too old. An attempt in
// flight is not interrupted.
RetentionAction RetentionActionFor(v1::Delivery::State state, bool is_in_flight,
                                   absl::Time kept_from, absl::Time oldest);

// Returns the value that `oldest` must pass before retention examines an event
// again whose deliveries are kept: at least a minute after the current
// `oldest`. `kept_from` is the earliest of these deliveries.
absl::Time NextCheck(absl::Time kept_from, absl::Time oldest);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_RETENTION_H_
