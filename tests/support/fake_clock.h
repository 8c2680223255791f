#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_CLOCK_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::testing {

// A clock that only the test advances. Thread-safe.
class FakeClock {
 public:
  absl::Time Now() const {
    absl::MutexLock lock(&mutex_);
    return now_;
  }

  void Advance(absl::Duration duration) {
    absl::MutexLock lock(&mutex_);
    now_ += duration;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_) =
      absl::FromUnixSeconds(1'800'000'000);
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_CLOCK_H_
