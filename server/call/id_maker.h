#ifndef WEBHOOKS_SERVER_CALL_ID_MAKER_H_
#define WEBHOOKS_SERVER_CALL_ID_MAKER_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "server/runtime/entropy.h"

namespace webhooks::server {

// Makes UUIDs of version 7. Their times never go back when the wall clock is
// set back, even across a restart. Thread-safe.
class IdMaker {
 public:
  // If the wall clock goes back by more, the ids use it: the earlier ids were
  // made with a clock that was wrong.
  static constexpr absl::Duration kMaxAhead = absl::Hours(24);

  // `latest` is the time of the latest id in the store. `entropy` must outlive
  // this.
  IdMaker(Clock wall, Clock steady, Entropy& entropy, absl::Time latest);

  // Returns a new id, in lower case.
  std::string Make();

 private:
  absl::Time Now() ABSL_LOCKS_EXCLUDED(mutex_);

  const Clock wall_;
  const Clock steady_;
  Entropy& entropy_;
  absl::Mutex mutex_;
  absl::Time latest_ ABSL_GUARDED_BY(mutex_);
  // The steady time at which `latest_` was set.
  absl::Time latest_read_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ID_MAKER_H_
