#include "tests/support/fake_store.h"

#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/etag.h"
#include "storage/timestamp.h"

namespace webhooks::testing {
namespace {

// The records behind `start`, which `passes` lets through.
template <typename T, typename Passes>
Page<T> PageOf(const std::map<std::string, T>& records, const PageStart& start,
               Passes&& passes) {
  Page<T> page;
  std::string last;
  for (auto record = records.upper_bound(start.after); record != records.end();
       ++record) {
    if (!passes(record->second)) continue;
    if (static_cast<int>(page.records.size()) == start.size) {
      page.next = last;
      break;
    }
    page.records.push_back(record->second);
    last = record->first;
  }
  return page;
}

}  // namespace

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

std::vector<std::string> FakeStore::noted_uses() {
  absl::MutexLock lock(&mutex_);
  return noted_uses_;
}

template <typename T, typename Work>
absl::StatusOr<Created<T>> FakeStore::Once(
    const std::optional<Idempotency>& once, Work&& work) {
  return Run<Created<T>>([&]() -> absl::StatusOr<Created<T>> {
    mutex_.AssertHeld();
    if (const auto kept = once ? answers_.find(once->key) : answers_.end();
        kept != answers_.end()) {
      if (kept->second.request != once->request) return RequestIdReused();
      Created<T> created{T(), true};
      created.answer.ParseFromString(kept->second.bytes);
      return created;
    }
    if (once && !once->otherwise.ok()) return once->otherwise;
    absl::StatusOr<T> made = work();
    if (!made.ok()) return made.status();
    if (once) {
      answers_[once->key] = {once->request, once->project,
                             made->SerializeAsString()};
    }
    return Created<T>{*std::move(made)};
  });
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

void FakeStore::ListUnusedKeys(const CallOptions&,
                               Done<std::vector<SecretKey::Id>> done) {
  using Ids = std::vector<SecretKey::Id>;
  std::move(done)(Run<Ids>([] { return Ids(); }));
}

void FakeStore::CreateWebhook(const v1::Webhook& webhook,
                              const std::optional<Idempotency>& once,
                              const CallOptions&,
                              Done<Created<v1::Webhook>> done) {
  std::move(done)(Once<v1::Webhook>(once, [&] {
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
                             const PageStart& start, const CallOptions&,
                             Done<Page<v1::Webhook>> done) {
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
                             const std::optional<Idempotency>& once,
                             const CallOptions&,
                             Done<Created<v1::Webhook>> done) {
  std::move(done)(Once<v1::Webhook>(once, [&]() -> absl::StatusOr<v1::Webhook> {
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

void FakeStore::HadFirstProject(const CallOptions&, Done<bool> done) {
  std::move(done)(Run<bool>([&] {
    mutex_.AssertHeld();
    return !projects_.empty();
  }));
}

void FakeStore::CreateProjectAndKey(const v1::Project& project,
                                    const v1::ApiKey& key,
                                    const ApiKeyHash& hash, const CallOptions&,
                                    DoneStatus done) {
  std::move(done)(Run<bool>([&] {
                    mutex_.AssertHeld();
                    projects_[project.id_project()] = project;
                    keys_[hash] = key;
                    return true;
                  }).status());
}

void FakeStore::CreateProject(const v1::Project& project,
                              const std::optional<Idempotency>& once,
                              const CallOptions&,
                              Done<Created<v1::Project>> done) {
  std::move(done)(Once<v1::Project>(once, [&] {
    mutex_.AssertHeld();
    return projects_[project.id_project()] = project;
  }));
}

void FakeStore::GetProject(absl::string_view id, const CallOptions&,
                           Done<v1::Project> done) {
  std::move(done)(Run<v1::Project>([&]() -> absl::StatusOr<v1::Project> {
    mutex_.AssertHeld();
    const auto project = Find(id);
    if (!project.ok()) return project.status();
    return **project;
  }));
}

void FakeStore::ListProjects(const PageStart& start, const CallOptions&,
                             Done<Page<v1::Project>> done) {
  std::move(done)(Run<Page<v1::Project>>([&] {
    mutex_.AssertHeld();
    return PageOf(projects_, start, [](const v1::Project&) { return true; });
  }));
}

void FakeStore::UpdateProject(const v1::UpdateProjectRequest& change,
                              const CallOptions&, Done<v1::Project> done) {
  std::move(done)(Run<v1::Project>([&]() -> absl::StatusOr<v1::Project> {
    mutex_.AssertHeld();
    const auto project = Find(change.id());
    if (!project.ok()) return project.status();
    Apply(change, **project);
    return **project;
  }));
}

void FakeStore::DeleteProject(absl::string_view id, absl::Time,
                              const CallOptions&, Done<v1::Project> done) {
  std::move(done)(Run<v1::Project>([&]() -> absl::StatusOr<v1::Project> {
    mutex_.AssertHeld();
    const auto project = Find(id);
    if (!project.ok()) return project.status();
    v1::Project deleted = **project;
    projects_.erase(deleted.id_project());
    std::erase_if(answers_, [&](const auto& answer) {
      return answer.second.project == deleted.id_project();
    });
    return deleted;
  }));
}

void FakeStore::CreateApiKey(const v1::CreateApiKeyResponse& answer,
                             const ApiKeyHash& hash,
                             const std::optional<Idempotency>& once,
                             const CallOptions&,
                             Done<Created<v1::CreateApiKeyResponse>> done) {
  using Answer = v1::CreateApiKeyResponse;
  std::move(done)(Once<Answer>(once, [&]() -> absl::StatusOr<Answer> {
    mutex_.AssertHeld();
    const auto project = Find(answer.api_key().id_project());
    if (!project.ok()) return project.status();
    keys_[hash] = answer.api_key();
    return answer;
  }));
}

void FakeStore::ListApiKeys(absl::string_view project, const PageStart& start,
                            const CallOptions&, Done<Page<v1::ApiKey>> done) {
  using Keys = Page<v1::ApiKey>;
  std::move(done)(Run<Keys>([&]() -> absl::StatusOr<Keys> {
    mutex_.AssertHeld();
    if (const auto found = Find(project); !found.ok()) return found.status();
    std::map<std::string, v1::ApiKey> by_id;
    for (const auto& [hash, key] : keys_) by_id[key.id_api_key()] = key;
    return PageOf(by_id, start, [&](const v1::ApiKey& key) {
      return key.id_project() == project;
    });
  }));
}

void FakeStore::RevokeApiKey(absl::string_view id, absl::Time now,
                             const CallOptions&, Done<v1::ApiKey> done) {
  std::move(done)(Run<v1::ApiKey>([&]() -> absl::StatusOr<v1::ApiKey> {
    mutex_.AssertHeld();
    for (auto& [hash, key] : keys_) {
      if (key.id_api_key() != id) continue;
      *key.mutable_revoked_at() = ToTimestamp(now);
      return key;
    }
    return ApiKeyNotFound();
  }));
}

absl::StatusOr<KeyOwner> FakeStore::Owner(const ApiKeyHash& hash) {
  return Run<KeyOwner>([&]() -> absl::StatusOr<KeyOwner> {
    mutex_.AssertHeld();
    const auto key = keys_.find(hash);
    if (key == keys_.end()) return ApiKeyNotFound();
    const auto project = projects_.find(key->second.id_project());
    if (project == projects_.end()) return ApiKeyNotFound();
    return KeyOwner{key->second, project->second};
  });
}

void FakeStore::FindApiKey(const ApiKeyHash& hash, const CallOptions&,
                           Done<KeyOwner> done) {
  ++key_lookups_;
  absl::StatusOr<KeyOwner> owner = Owner(hash);
  {
    absl::MutexLock lock(&mutex_);
    if (holding_) {
      held_.emplace_back(std::move(owner), std::move(done));
      return;
    }
  }
  std::move(done)(std::move(owner));
}

void FakeStore::NoteKeyUse(absl::string_view id, absl::Time, const CallOptions&,
                           DoneStatus done) {
  std::move(done)(Run<bool>([&] {
                    mutex_.AssertHeld();
                    noted_uses_.emplace_back(id);
                    return true;
                  }).status());
}

void FakeStore::BindCertificate(const v1::CertificateBinding& binding,
                                const CallOptions&,
                                Done<v1::CertificateBinding> done) {
  using Binding = v1::CertificateBinding;
  std::move(done)(Run<Binding>([&]() -> absl::StatusOr<Binding> {
    mutex_.AssertHeld();
    const auto project = Find(binding.id_project());
    if (!project.ok()) return project.status();
    const Binding& bound =
        certificates_.emplace(binding.name(), binding).first->second;
    if (bound.id_project() != binding.id_project()) return CertificateBound();
    return bound;
  }));
}

void FakeStore::ListCertificates(absl::string_view project,
                                 const PageStart& start, const CallOptions&,
                                 Done<Page<v1::CertificateBinding>> done) {
  using Bindings = Page<v1::CertificateBinding>;
  std::move(done)(Run<Bindings>([&]() -> absl::StatusOr<Bindings> {
    mutex_.AssertHeld();
    if (const auto found = Find(project); !found.ok()) return found.status();
    return PageOf(certificates_, start,
                  [&](const v1::CertificateBinding& binding) {
                    return binding.id_project() == project;
                  });
  }));
}

void FakeStore::UnbindCertificate(absl::string_view name, const CallOptions&,
                                  Done<v1::CertificateBinding> done) {
  using Binding = v1::CertificateBinding;
  std::move(done)(Run<Binding>([&]() -> absl::StatusOr<Binding> {
    mutex_.AssertHeld();
    const auto found = certificates_.find(std::string(name));
    if (found == certificates_.end()) return CertificateNotFound();
    Binding unbound = found->second;
    certificates_.erase(found);
    return unbound;
  }));
}

void FakeStore::FindCertificate(absl::string_view name, const CallOptions&,
                                Done<v1::Project> done) {
  ++key_lookups_;
  std::move(done)(Run<v1::Project>([&]() -> absl::StatusOr<v1::Project> {
    mutex_.AssertHeld();
    const auto bound = certificates_.find(std::string(name));
    if (bound == certificates_.end()) return CertificateNotFound();
    const auto project = projects_.find(bound->second.id_project());
    if (project == projects_.end()) return CertificateNotFound();
    return project->second;
  }));
}

}  // namespace webhooks::testing
