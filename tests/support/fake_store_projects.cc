#include "proto/time.h"
#include "storage/changes.h"
#include "storage/errors.h"
#include "tests/support/fake_store.h"

#include <utility>

// The part of FakeStore that is ProjectStore.
namespace webhooks::testing {

void FakeStore::HadFirstProject(const CallOptions&, Done<bool> done) {
  std::move(done)(Run<bool>([&] {
    mutex_.AssertHeld();
    return had_first_project_;
  }));
}

void FakeStore::CreateFirstProject(const v1::Project& project,
                                   const v1::ApiKey& key,
                                   const ApiKeyHash& hash, const CallOptions&,
                                   DoneStatus done) {
  if (before_first_project_ != nullptr) {
    std::exchange(before_first_project_, nullptr)();
  }
  std::move(done)(Run<bool>([&]() -> absl::StatusOr<bool> {
                    mutex_.AssertHeld();
                    if (had_first_project_) return FirstProjectExists();
                    had_first_project_ = true;
                    projects_[project.id_project()] = project;
                    keys_[hash] = key;
                    return true;
                  }).status());
}

void FakeStore::CreateProject(const v1::Project& project,
                              const std::optional<Idempotency>& idempotency,
                              const CallOptions&,
                              Done<Created<v1::Project>> done) {
  std::move(done)(Once<v1::Project>(idempotency, [&] {
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

void FakeStore::ListProjects(const PageStart<v1::Project>& start,
                             const CallOptions&, Done<Page<v1::Project>> done) {
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
    answers_.EraseOf(deleted.id_project());
    return deleted;
  }));
}

void FakeStore::CreateApiKey(const v1::CreateApiKeyResponse& answer,
                             const ApiKeyHash& hash,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions&,
                             Done<Created<v1::CreateApiKeyResponse>> done) {
  using Answer = v1::CreateApiKeyResponse;
  std::move(done)(Once<Answer>(idempotency, [&]() -> absl::StatusOr<Answer> {
    mutex_.AssertHeld();
    const auto project = Find(answer.api_key().id_project());
    if (!project.ok()) return project.status();
    keys_[hash] = answer.api_key();
    return answer;
  }));
}

void FakeStore::ListApiKeys(absl::string_view project,
                            const PageStart<v1::ApiKey>& start,
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
                                 const PageStart<v1::CertificateBinding>& start,
                                 const CallOptions&,
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
