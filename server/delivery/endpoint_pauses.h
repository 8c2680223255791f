#ifndef WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_
#define WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::server {

// The pauses of endpoints, for callers that must not wait for a turn of the
// scheduler. Times are of the steady clock. Thread-safe; no call blocks for
// longer than a look-up.
class EndpointPauses {
 public:
  // Notes until when the webhook's endpoint is paused; InfinitePast: it is not.
  void Set(const std::string& webhook, absl::Time until);

  // Returns until when the webhook's endpoint is paused; InfinitePast if it is
  // not paused at `now`.
  absl::Time Until(const std::string& webhook, absl::Time now) const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, absl::Time> until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PAUSES_H_
