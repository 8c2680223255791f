#ifndef WEBHOOKS_SERVER_CALL_ID_MAKER_H_
#define WEBHOOKS_SERVER_CALL_ID_MAKER_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "server/runtime/entropy.h"

namespace webhooks::server {

// Makes ids: UUIDs of version 7, whose times never go back although the time of
// day does, also across a restart. Thread-safe.
class IdMaker {
 public:
  // A time of day that goes back by more is believed: the ids before were made
  // by a clock that was far ahead.
  static constexpr absl::Duration kMostAhead = absl::Hours(24);

  // `latest` is the time of the latest id that was made before. `entropy` must
  // outlive this.
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
  // Of the steady clock, when `latest_` was that.
  absl::Time looked_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ID_MAKER_H_
