#ifndef WEBHOOKS_TESTS_SUPPORT_WAIT_H_
#define WEBHOOKS_TESTS_SUPPORT_WAIT_H_

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/await.h"
#include "storage/store.h"

namespace webhooks::testing {

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

inline absl::StatusOr<std::vector<v1::Server>> ListServers(ServerStore& store) {
  return Await<std::vector<v1::Server>>(
      [&](auto done) { store.ListServers({}, done); });
}

inline absl::StatusOr<bool> HadFirstProject(ProjectStore& store) {
  return Await<bool>([&](auto done) { store.HadFirstProject({}, done); });
}

inline absl::Status CreateProject(ProjectStore& store,
                                  const v1::Project& project,
                                  const v1::ApiKey& key,
                                  const ApiKeyHash& hash) {
  const auto created = Await<Created<v1::Project>>(
      [&](auto done) { store.CreateProject(project, std::nullopt, {}, done); });
  if (!created.ok()) return created.status();
  v1::CreateApiKeyResponse answer;
  *answer.mutable_api_key() = key;
  return Await<Created<v1::CreateApiKeyResponse>>([&](auto done) {
           store.CreateApiKey(answer, hash, std::nullopt, {}, done);
         })
      .status();
}

inline absl::Status CreateFirstProject(ProjectStore& store,
                                       const v1::Project& project,
                                       const v1::ApiKey& key,
                                       const ApiKeyHash& hash) {
  return AwaitStatus([&](auto done) {
    store.CreateFirstProject(project, key, hash, {}, done);
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
