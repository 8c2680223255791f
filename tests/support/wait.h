#ifndef WEBHOOKS_TESTS_SUPPORT_WAIT_H_
#define WEBHOOKS_TESTS_SUPPORT_WAIT_H_

#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace webhooks::testing {

// What a call of the store will end with.
template <typename Outcome>
class Pending {
 public:
  Pending()
      : promise_(std::make_shared<std::promise<Outcome>>()),
        future_(promise_->get_future()) {}

  // The completion to give to the call.
  auto Completion() {
    return [promise = promise_](Outcome outcome) {
      promise->set_value(std::move(outcome));
    };
  }

  // Waits for the outcome; once only.
  Outcome Get() { return future_.get(); }

 private:
  std::shared_ptr<std::promise<Outcome>> promise_;
  std::future<Outcome> future_;
};

// The calls of the store that wait for their outcome.
inline absl::Status Probe(Store& store, const CallOptions& options = {}) {
  Pending<absl::Status> pending;
  store.Probe(options, pending.Completion());
  return pending.Get();
}

inline absl::StatusOr<bool> HasProject(Store& store) {
  Pending<absl::StatusOr<bool>> pending;
  store.HasProject({}, pending.Completion());
  return pending.Get();
}

inline absl::Status CreateProject(Store& store, const v1::Project& project,
                                  const v1::ApiKey& key,
                                  const ApiKeyHash& hash) {
  Pending<absl::Status> pending;
  store.CreateProject(project, key, hash, {}, pending.Completion());
  return pending.Get();
}

inline absl::StatusOr<v1::ApiKey> FindApiKey(Store& store,
                                             const ApiKeyHash& hash) {
  Pending<absl::StatusOr<v1::ApiKey>> pending;
  store.FindApiKey(hash, {}, pending.Completion());
  return pending.Get();
}

inline absl::Status CreateWebhook(Store& store, const v1::Webhook& webhook,
                                  const CallOptions& options = {}) {
  Pending<absl::Status> pending;
  store.CreateWebhook(webhook, options, pending.Completion());
  return pending.Get();
}

inline absl::StatusOr<v1::Webhook> GetWebhook(Store& store,
                                              absl::string_view project,
                                              absl::string_view id,
                                              const CallOptions& options = {}) {
  Pending<absl::StatusOr<v1::Webhook>> pending;
  store.GetWebhook(project, id, options, pending.Completion());
  return pending.Get();
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_WAIT_H_
