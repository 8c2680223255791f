#ifndef WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
#define WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_

#include <cstddef>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::gateway {

// Tracks if the server is reachable, by the results of calls on several
// connections to it. Thread-safe.
class Reachability {
 public:
  enum class Change { kNone, kLost, kFound };

  // The server counts as reachable at first.
  explicit Reachability(std::size_t connections) : failing_(connections) {}

  // Records that a call on `connection` reached the server or not, and returns
  // the change: kLost and kFound alternate. Connections come back one by one:
  // one that still fails does not make the server lost again.
  Change Note(std::size_t connection, bool reached);

  bool lost() const {
    absl::MutexLock lock(&mutex_);
    return lost_;
  }

 private:
  mutable absl::Mutex mutex_;
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  // For each connection, true if its last call failed.
  std::vector<bool> failing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
