#ifndef WEBHOOKS_STORAGE_AWAIT_H_
#define WEBHOOKS_STORAGE_AWAIT_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// Blocking calls of a store. Never block on a thread that completes calls of
// the store or of gRPC.
namespace webhooks {

// The result of one asynchronous call. The call may outlive this object.
template <typename Outcome>
class Pending {
 public:
  // Returns the completion to pass to the call.
  auto Completion() {
    return [state = state_](Outcome outcome) {
      state->outcome.emplace(std::move(outcome));
      state->known.Notify();
    };
  }

  // Waits for the result and returns it. Call it at most once.
  Outcome Get() {
    state_->known.WaitForNotification();
    return *std::move(state_->outcome);
  }

  // Like Get, but returns nullopt if there is no result within `timeout`.
  std::optional<Outcome> GetWithin(absl::Duration timeout) {
    if (!state_->known.WaitForNotificationWithTimeout(timeout)) {
      return std::nullopt;
    }
    return std::move(state_->outcome);
  }

 private:
  struct State {
    absl::Notification known;
    std::optional<Outcome> outcome;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Performs a call whose last argument is its completion, and returns its
// result: Await<v1::Webhook>([&](auto done) { store.GetWebhook(..., done); }).
template <typename T, typename Call>
absl::StatusOr<T> Await(Call&& call) {
  Pending<absl::StatusOr<T>> pending;
  std::forward<Call>(call)(pending.Completion());
  return pending.Get();
}

// Like Await, for a call without a result.
template <typename Call>
absl::Status AwaitStatus(Call&& call) {
  Pending<absl::Status> pending;
  std::forward<Call>(call)(pending.Completion());
  return pending.Get();
}

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_AWAIT_H_
