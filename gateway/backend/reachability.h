#ifndef WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
#define WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_

#include <cstddef>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::gateway {

// Tells if the server that several connections lead to can be reached, by the
// calls on them. Thread-safe.
class Reachability {
 public:
  enum class Change { kNone, kLost, kFound };

  // At first the server counts as reached.
  explicit Reachability(std::size_t connections) : failing_(connections) {}

  // Notes that a call on `connection` did or did not reach the server, and says
  // what that changed: kLost and kFound take turns. Connections come back one
  // by one, so while one still fails as it did, the server is not lost again.
  Change Note(std::size_t connection, bool reached);

  bool lost() const {
    absl::MutexLock lock(&mutex_);
    return lost_;
  }

 private:
  mutable absl::Mutex mutex_;
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  // By connection, whether its last call failed.
  std::vector<bool> failing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
