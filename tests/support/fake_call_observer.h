#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/call/call_connection.h"
#include "server/call/call_observer.h"

namespace webhooks::testing {

// Counts the events that it receives.
struct FakeCallConnection final : server::CallConnection {
  void OnCallStarted() override { ++begun; }
  void OnCallFinished() override { ++ended; }
  void OnGatewayCall() override { is_gateway = true; }
  void OnCallAuthenticated() override { ++known; }
  void OnAnonymousCall() override { ++anonymous; }
  void OnMessageRead(std::int64_t bytes) override { read += bytes; }
  void OnCallReset(bool is_known, bool has_expired) override {
    ++(has_expired ? expired : is_known ? resets_of_known : resets);
  }

  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  std::atomic<bool> is_gateway = false;
  std::atomic<int> known = 0;
  std::atomic<int> anonymous = 0;
  std::atomic<std::int64_t> read = 0;
  std::atomic<int> expired = 0;
  std::atomic<int> resets = 0;
  std::atomic<int> resets_of_known = 0;
};

// Remembers the calls that have ended. All calls use one connection.
// Thread-safe.
class FakeCallObserver final : public server::CallObserver {
 public:
  using Call = std::pair<std::string, absl::StatusCode>;

  void OnCallFinished(absl::string_view rpc, absl::StatusCode code,
                      absl::Duration) override {
    absl::MutexLock lock(&mutex_);
    calls_.emplace_back(rpc, code);
  }

  std::shared_ptr<server::CallConnection> ConnectionOf(
      absl::string_view) override {
    return connection_;
  }

  const FakeCallConnection& connection() const { return *connection_; }

  std::vector<Call> calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  const std::shared_ptr<FakeCallConnection> connection_ =
      std::make_shared<FakeCallConnection>();
  mutable absl::Mutex mutex_;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_CALL_OBSERVER_H_
