#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_OBSERVER_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_OBSERVER_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gateway/http/request_observer.h"

namespace webhooks::gateway {

// Remembers the requests that have ended, as "GET /route 200". Thread-safe.
class FakeObserver final : public RequestObserver {
 public:
  void RequestEnded(absl::string_view method, absl::string_view route,
                    int status, absl::Duration) override {
    absl::MutexLock lock(&mutex_);
    ended_.push_back(absl::StrCat(method, " ", route, " ", status));
  }

  std::vector<std::string> ended() const {
    absl::MutexLock lock(&mutex_);
    return ended_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_OBSERVER_H_
