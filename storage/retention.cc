#include "storage/retention.h"

#include <algorithm>

namespace webhooks {
namespace {

constexpr absl::Duration kStoreEvery = absl::Minutes(1);
constexpr absl::Duration kCheckInterval = absl::Minutes(1);

}  // namespace

absl::Time RetentionClock::Advance(absl::Time now, absl::Duration max_step) {
  const bool is_new = time_ == absl::InfinitePast();
  time_ = is_new ? now : std::min(now, time_ + max_step);
  return time_;
}

bool RetentionClock::NeedsStoring() const {
  return absl::AbsDuration(time_ - stored_) >= kStoreEvery;
}

RetentionAction RetentionActionFor(v1::Delivery::State state, bool is_in_flight,
                                   absl::Time kept_from, absl::Time oldest) {
  if (kept_from >= oldest) return RetentionAction::kKeep;
  if (state != v1::Delivery::PENDING) return RetentionAction::kDelete;
  return is_in_flight ? RetentionAction::kKeep : RetentionAction::kExpire;
}

absl::Time NextCheck(absl::Time kept_from, absl::Time oldest) {
  return std::max(kept_from, oldest + kCheckInterval);
}

}  // namespace webhooks
