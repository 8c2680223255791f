#ifndef WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_
#define WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::server {

// The pauses of endpoints, for callers that must not wait for an iteration of
// the scheduler. Times are of the steady clock. Thread-safe; no call blocks for
// longer than a look-up.
class EndpointPauses {
 public:
  // Sets the end of the pause of the webhook's endpoint; InfinitePast for no
  // pause.
  void Set(const std::string& webhook, absl::Time until);

  // Returns the end of the pause of the webhook's endpoint; InfinitePast if it
  // is not paused at `now`.
  absl::Time Until(const std::string& webhook, absl::Time now) const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, absl::Time> until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_
