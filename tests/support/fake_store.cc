#include "tests/support/fake_store.h"

#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/etag.h"

namespace webhooks::testing {

absl::StatusOr<std::optional<std::string>> FakeStore::Answers::Find(
    const Idempotency& idempotency) {
  const auto kept = answers_.find(idempotency.key);
  if (kept == answers_.end()) return std::nullopt;
  if (kept->second.request != idempotency.request) return RequestIdReused();
  return kept->second.bytes;
}

absl::Status FakeStore::Answers::Keep(const Idempotency& idempotency,
                                      const std::string& answer) {
  answers_[idempotency.key] = {idempotency.request, idempotency.project,
                               answer};
  return absl::OkStatus();
}

void FakeStore::Answers::EraseOf(absl::string_view project) {
  std::erase_if(answers_, [&](const auto& answer) {
    return answer.second.project == project;
  });
}

void FakeStore::FailWith(absl::Status status) {
  absl::MutexLock lock(&mutex_);
  failure_ = std::move(status);
}

void FakeStore::HoldLookUps() {
  absl::MutexLock lock(&mutex_);
  holding_ = true;
}

void FakeStore::CompleteLookUps() {
  std::vector<std::pair<absl::StatusOr<KeyOwner>, Done<KeyOwner>>> held;
  {
    absl::MutexLock lock(&mutex_);
    holding_ = false;
    held.swap(held_);
  }
  for (auto& [result, done] : held) std::move(done)(std::move(result));
}

std::size_t FakeStore::webhook_count() {
  absl::MutexLock lock(&mutex_);
  return webhooks_.size();
}

SecretKeys FakeStore::secret_keys() {
  absl::MutexLock lock(&mutex_);
  return secret_keys_;
}

std::vector<std::string> FakeStore::noted_uses() {
  absl::MutexLock lock(&mutex_);
  return noted_uses_;
}

absl::StatusOr<v1::Webhook*> FakeStore::Find(absl::string_view project,
                                             absl::string_view id) {
  const auto found = webhooks_.find(std::string(id));
  if (found == webhooks_.end() || found->second.id_project() != project) {
    return WebhookNotFound(id);
  }
  return &found->second;
}

absl::StatusOr<v1::Project*> FakeStore::Find(absl::string_view project) {
  const auto found = projects_.find(std::string(project));
  if (found == projects_.end()) return ProjectNotFound(project);
  return &found->second;
}

void FakeStore::Probe(const CallOptions&, DoneStatus done) {
  absl::MutexLock lock(&mutex_);
  std::move(done)(failure_);
}

void FakeStore::Maintain(absl::Time, absl::Duration, const CallOptions&,
                         Done<bool> done) {
  std::move(done)(Run<bool>([] { return false; }));
}

void FakeStore::AdvanceRetention(absl::Time now, absl::Duration,
                                 const CallOptions&, Done<absl::Time> done) {
  std::move(done)(Run<absl::Time>([&] { return now; }));
}

void FakeStore::FindLatestId(const CallOptions&, Done<absl::Time> done) {
  std::move(done)(Run<absl::Time>([] { return absl::InfinitePast(); }));
}

void FakeStore::ListUnusedKeys(const CallOptions&,
                               Done<std::vector<SecretKey::Id>> done) {
  using Ids = std::vector<SecretKey::Id>;
  std::move(done)(Run<Ids>([] { return Ids(); }));
}

void FakeStore::ListServers(const CallOptions&,
                            Done<std::vector<v1::Server>> done) {
  using Servers = std::vector<v1::Server>;
  std::move(done)(Run<Servers>([] { return Servers{UnnamedServer()}; }));
}

void FakeStore::ReplaceSecretKeys(SecretKeys keys, const CallOptions&,
                                  DoneStatus done) {
  absl::MutexLock lock(&mutex_);
  if (failure_.ok()) secret_keys_ = std::move(keys);
  std::move(done)(failure_);
}

void FakeStore::CreateWebhook(const v1::Webhook& webhook,
                              const std::optional<Idempotency>& idempotency,
                              const CallOptions&,
                              Done<Created<v1::Webhook>> done) {
  std::move(done)(Once<v1::Webhook>(idempotency, [&] {
    mutex_.AssertHeld();
    v1::Webhook stored = webhook;
    stored.set_etag(EtagOf(stored));
    webhooks_[webhook.id_webhook_endpoint()] = stored;
    return stored;
  }));
}

void FakeStore::GetWebhook(absl::string_view project, absl::string_view id,
                           const CallOptions&, Done<v1::Webhook> done) {
  std::move(done)(Run<v1::Webhook>([&]() -> absl::StatusOr<v1::Webhook> {
    mutex_.AssertHeld();
    const auto webhook = Find(project, id);
    if (!webhook.ok()) return webhook.status();
    return **webhook;
  }));
}

void FakeStore::ListWebhooks(absl::string_view project,
                             const WebhookFilter& filter,
                             const PageStart<v1::Webhook>& start,
                             const CallOptions&, Done<Page<v1::Webhook>> done) {
  std::move(done)(Run<Page<v1::Webhook>>([&] {
    mutex_.AssertHeld();
    return PageOf(webhooks_, start, [&](const v1::Webhook& webhook) {
      return webhook.id_project() == project &&
             (!filter.active || *filter.active == webhook.active()) &&
             (!filter.url || *filter.url == webhook.url());
    });
  }));
}

void FakeStore::UpdateWebhook(absl::string_view project,
                              const v1::UpdateWebhookRequest& change,
                              absl::Time now, const CallOptions&,
                              Done<v1::Webhook> done) {
  std::move(done)(Run<v1::Webhook>([&]() -> absl::StatusOr<v1::Webhook> {
    mutex_.AssertHeld();
    const auto webhook = Find(project, change.id());
    if (!webhook.ok()) return webhook.status();
    absl::Status state = CheckEtag(change.etag(), **webhook);
    if (!state.ok()) return state;
    Apply(change, now, **webhook);
    (*webhook)->set_etag(EtagOf(**webhook));
    return **webhook;
  }));
}

void FakeStore::DeleteWebhook(absl::string_view project,
                              const v1::DeleteWebhookRequest& webhook,
                              const CallOptions&, Done<v1::Webhook> done) {
  std::move(done)(Run<v1::Webhook>([&]() -> absl::StatusOr<v1::Webhook> {
    mutex_.AssertHeld();
    const auto found = Find(project, webhook.id());
    if (!found.ok()) return found.status();
    v1::Webhook deleted = **found;
    absl::Status state = CheckEtag(webhook.etag(), deleted);
    if (!state.ok()) return state;
    webhooks_.erase(webhook.id());
    return deleted;
  }));
}

void FakeStore::RotateSecret(absl::string_view project,
                             const SecretRotation& rotation,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions&,
                             Done<Created<v1::Webhook>> done) {
  std::move(done)(
      Once<v1::Webhook>(idempotency, [&]() -> absl::StatusOr<v1::Webhook> {
        mutex_.AssertHeld();
        const auto webhook = Find(project, rotation.id);
        if (!webhook.ok()) return webhook.status();
        v1::WebhookSecrets secrets;
        absl::Status applied = Apply(rotation, **webhook, secrets);
        if (!applied.ok()) return applied;
        return **webhook;
      }));
}

void FakeStore::GetSecrets(absl::string_view project, absl::string_view id,
                           absl::Time, const CallOptions&,
                           Done<v1::WebhookSecrets> done) {
  std::move(done)(
      Run<v1::WebhookSecrets>([&]() -> absl::StatusOr<v1::WebhookSecrets> {
        mutex_.AssertHeld();
        const auto webhook = Find(project, id);
        if (!webhook.ok()) return webhook.status();
        v1::WebhookSecrets secrets;
        secrets.add_secrets()->set_secret((*webhook)->secret());
        return secrets;
      }));
}

}  // namespace webhooks::testing
