#ifndef WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
#define WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::gateway {

// Tracks if the server is reachable, by the results of calls on several
// connections to it. Thread-safe.
class Reachability {
 public:
  enum class Change { kNone, kLost, kOtherCause, kFound };

  // The server counts as reachable at first.
  explicit Reachability(std::size_t connections) : failing_(connections) {}

  // Records if a call on `connection` reached the server; if not, `cause` is
  // the reason. Returns the change: kLost and kFound alternate, and between
  // them each new cause is a kOtherCause, at most kMaxCauses of them.
  // Connections come back one by one: a connection that still fails does not
  // make the server lost again.
  Change Note(std::size_t connection, bool reached, absl::string_view cause);

  static constexpr std::size_t kMaxCauses = 10;

  bool lost() const {
    absl::MutexLock lock(&mutex_);
    return lost_;
  }

 private:
  mutable absl::Mutex mutex_;
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  // The causes since the server was lost.
  absl::flat_hash_set<std::string> causes_ ABSL_GUARDED_BY(mutex_);
  // For each connection, true if its last call failed.
  std::vector<bool> failing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_REACHABILITY_H_
