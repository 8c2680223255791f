#ifndef WEBHOOKS_TESTS_SUPPORT_WAIT_H_
#define WEBHOOKS_TESTS_SUPPORT_WAIT_H_

#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace webhooks::testing {

// The future result of a call of the store.
template <typename Outcome>
class Pending {
 public:
  Pending()
      : promise_(std::make_shared<std::promise<Outcome>>()),
        future_(promise_->get_future()) {}

  // Returns the completion to pass to the call.
  auto Completion() {
    return [promise = promise_](Outcome outcome) {
      promise->set_value(std::move(outcome));
    };
  }

  // Waits for the result. Call it once.
  Outcome Get() { return future_.get(); }

 private:
  std::shared_ptr<std::promise<Outcome>> promise_;
  std::future<Outcome> future_;
};

// Waits for a call whose last argument is its completion:
// Await<v1::Webhook>([&](auto done) { store.GetWebhook(..., done); }).
template <typename T, typename Call>
absl::StatusOr<T> Await(Call&& call) {
  Pending<absl::StatusOr<T>> pending;
  call(pending.Completion());
  return pending.Get();
}

template <typename Call>
absl::Status AwaitStatus(Call&& call) {
  Pending<absl::Status> pending;
  call(pending.Completion());
  return pending.Get();
}

// Returns the answer of a call that creates something.
template <typename T>
absl::StatusOr<T> AnswerOf(absl::StatusOr<Created<T>> created) {
  if (!created.ok()) return created.status();
  return std::move(created->answer);
}

// Calls of the store that wait for their result.
inline absl::Status Probe(Upkeep& store, const CallOptions& options = {}) {
  return AwaitStatus([&](auto done) { store.Probe(options, done); });
}

inline absl::StatusOr<bool> HadFirstProject(ProjectStore& store) {
  return Await<bool>([&](auto done) { store.HadFirstProject({}, done); });
}

inline absl::Status CreateProject(ProjectStore& store,
                                  const v1::Project& project,
                                  const v1::ApiKey& key,
                                  const ApiKeyHash& hash) {
  return AwaitStatus([&](auto done) {
    store.CreateProjectAndKey(project, key, hash, {}, done);
  });
}

inline absl::StatusOr<KeyOwner> FindApiKey(ProjectStore& store,
                                           const ApiKeyHash& hash) {
  return Await<KeyOwner>([&](auto done) { store.FindApiKey(hash, {}, done); });
}

inline absl::StatusOr<v1::Webhook> CreateWebhook(
    WebhookStore& store, const v1::Webhook& webhook,
    const CallOptions& options = {}) {
  return AnswerOf(Await<Created<v1::Webhook>>([&](auto done) {
    store.CreateWebhook(webhook, std::nullopt, options, done);
  }));
}

inline absl::StatusOr<v1::Webhook> GetWebhook(WebhookStore& store,
                                              absl::string_view project,
                                              absl::string_view id,
                                              const CallOptions& options = {}) {
  return Await<v1::Webhook>(
      [&](auto done) { store.GetWebhook(project, id, options, done); });
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_WAIT_H_
