#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/call/call_observer.h"

namespace webhooks::testing {

// Remembers the calls that have ended. Thread-safe.
class FakeCallObserver final : public server::CallObserver {
 public:
  using Call = std::pair<std::string, absl::StatusCode>;

  void CallEnded(absl::string_view rpc, absl::StatusCode code,
                 absl::Duration) override {
    absl::MutexLock lock(&mutex_);
    calls_.emplace_back(rpc, code);
  }

  std::vector<Call> calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_
