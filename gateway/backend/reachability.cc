#include "gateway/backend/reachability.h"

#include <utility>

namespace webhooks::gateway {
namespace {

// Returns the part of a cause that names it. gRPC puts a text before it that
// depends on the state of the connection.
absl::string_view CoreOf(absl::string_view cause) {
  constexpr absl::string_view kMark = "last error: ";
  const std::size_t mark = cause.find(kMark);
  return mark == absl::string_view::npos ? cause
                                         : cause.substr(mark + kMark.size());
}

}  // namespace

Reachability::Change Reachability::Note(std::size_t connection, bool reached,
                                        absl::string_view cause) {
  absl::MutexLock lock(&mutex_);
  const bool was_failing = failing_[connection];
  failing_[connection] = !reached;
  if (reached) {
    causes_.clear();
    return std::exchange(lost_, false) ? Change::kFound : Change::kNone;
  }
  if (!lost_ && was_failing) return Change::kNone;
  const bool is_new =
      causes_.size() < kMaxCauses && causes_.emplace(CoreOf(cause)).second;
  if (!std::exchange(lost_, true)) return Change::kLost;
  return is_new ? Change::kOtherCause : Change::kNone;
}

}  // namespace webhooks::gateway
