#include "gateway/backend/reachability.h"

namespace webhooks::gateway {

Reachability::Change Reachability::Note(std::size_t connection, bool reached) {
  absl::MutexLock lock(&mutex_);
  const bool was_failing = failing_[connection];
  failing_[connection] = !reached;
  if (lost_ == !reached) return Change::kNone;
  if (!reached && was_failing) return Change::kNone;
  lost_ = !reached;
  return lost_ ? Change::kLost : Change::kFound;
}

}  // namespace webhooks::gateway
