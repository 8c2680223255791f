#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/errors.h"
#include "storage/idempotency.h"
#include "storage/page_builder.h"
#include "storage/project_store.h"
#include "storage/server_store.h"
#include "storage/upkeep.h"
#include "storage/uuid.h"
#include "storage/webhook_store.h"

namespace webhooks::testing {

// A store of webhooks and projects in memory. It completes its calls at once,
// counts look-ups of keys and certificates, and can be made to fail. It keeps
// every answer for Idempotency until its project is deleted, and only the
// newest secret of a webhook.
class FakeStore final : public WebhookStore,
                        public ProjectStore,
                        public ServerStore,
                        public Upkeep {
 public:
  // Makes every call end with `status`; OK ends this.
  void FailWith(absl::Status status);

  // Makes look-ups of keys wait until CompleteLookUps.
  void HoldLookUps();
  void CompleteLookUps();

  int key_lookups() const { return key_lookups_; }
  std::size_t webhook_count();
  // Returns the keys of the last ReplaceSecretKeys; empty if there was none.
  SecretKeys secret_keys();
  // Returns the ids of the keys whose use was recorded, in order.
  std::vector<std::string> noted_uses();

  void Probe(const CallOptions& options, DoneStatus done) override;
  void Maintain(absl::Time now, absl::Duration retention,
                const CallOptions& options, Done<bool> done) override;
  void AdvanceRetention(absl::Time now, absl::Duration most,
                        const CallOptions& options,
                        Done<absl::Time> done) override;
  void FindLatestId(const CallOptions& options, Done<absl::Time> done) override;
  void ListUnusedKeys(const CallOptions& options,
                      Done<std::vector<SecretKey::Id>> done) override;
  void ReplaceSecretKeys(SecretKeys keys, const CallOptions& options,
                         DoneStatus done) override;

  void CreateWebhook(const v1::Webhook& webhook,
                     const std::optional<Idempotency>& idempotency,
                     const CallOptions& options,
                     Done<Created<v1::Webhook>> done) override;
  void GetWebhook(absl::string_view project, absl::string_view id,
                  const CallOptions& options, Done<v1::Webhook> done) override;
  void ListWebhooks(absl::string_view project, const WebhookFilter& filter,
                    const PageStart<v1::Webhook>& start,
                    const CallOptions& options,
                    Done<Page<v1::Webhook>> done) override;
  void UpdateWebhook(absl::string_view project,
                     const v1::UpdateWebhookRequest& change, absl::Time now,
                     const CallOptions& options,
                     Done<v1::Webhook> done) override;
  void DeleteWebhook(absl::string_view project,
                     const v1::DeleteWebhookRequest& webhook,
                     const CallOptions& options,
                     Done<v1::Webhook> done) override;
  void RotateSecret(absl::string_view project, const SecretRotation& rotation,
                    const std::optional<Idempotency>& idempotency,
                    const CallOptions& options,
                    Done<Created<v1::Webhook>> done) override;
  void GetSecrets(absl::string_view project, absl::string_view id,
                  absl::Time now, const CallOptions& options,
                  Done<v1::WebhookSecrets> done) override;

  // Calls `hook` once, before the next CreateFirstProject.
  void BeforeFirstProject(std::function<void()> hook) {
    before_first_project_ = std::move(hook);
  }

  void HadFirstProject(const CallOptions& options, Done<bool> done) override;
  void CreateFirstProject(const v1::Project& project, const v1::ApiKey& key,
                          const ApiKeyHash& hash, const CallOptions& options,
                          DoneStatus done) override;
  void CreateProject(const v1::Project& project,
                     const std::optional<Idempotency>& idempotency,
                     const CallOptions& options,
                     Done<Created<v1::Project>> done) override;
  void GetProject(absl::string_view id, const CallOptions& options,
                  Done<v1::Project> done) override;
  void ListProjects(const PageStart<v1::Project>& start,
                    const CallOptions& options,
                    Done<Page<v1::Project>> done) override;
  void UpdateProject(const v1::UpdateProjectRequest& change,
                     const CallOptions& options,
                     Done<v1::Project> done) override;
  void DeleteProject(absl::string_view id, absl::Time now,
                     const CallOptions& options,
                     Done<v1::Project> done) override;
  void CreateApiKey(const v1::CreateApiKeyResponse& answer,
                    const ApiKeyHash& hash,
                    const std::optional<Idempotency>& idempotency,
                    const CallOptions& options,
                    Done<Created<v1::CreateApiKeyResponse>> done) override;
  void ListApiKeys(absl::string_view project,
                   const PageStart<v1::ApiKey>& start,
                   const CallOptions& options,
                   Done<Page<v1::ApiKey>> done) override;
  void RevokeApiKey(absl::string_view id, absl::Time now,
                    const CallOptions& options, Done<v1::ApiKey> done) override;
  void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                  Done<KeyOwner> done) override;
  void NoteKeyUse(absl::string_view id, absl::Time now,
                  const CallOptions& options, DoneStatus done) override;
  void BindCertificate(const v1::CertificateBinding& binding,
                       const CallOptions& options,
                       Done<v1::CertificateBinding> done) override;
  void ListCertificates(absl::string_view project,
                        const PageStart<v1::CertificateBinding>& start,
                        const CallOptions& options,
                        Done<Page<v1::CertificateBinding>> done) override;
  void UnbindCertificate(absl::string_view name, const CallOptions& options,
                         Done<v1::CertificateBinding> done) override;
  void FindCertificate(absl::string_view name, const CallOptions& options,
                       Done<v1::Project> done) override;

  // There is one server, without a name.
  void ListServers(const CallOptions& options,
                   Done<std::vector<v1::Server>> done) override;
  int CountServers() const override { return 1; }
  void BeginLeaving() override {}

 private:
  // Keeps every answer, whatever its age.
  class Answers final : public KeptAnswers {
   public:
    absl::StatusOr<std::optional<std::string>> Find(
        const Idempotency& idempotency) override;
    absl::Status Keep(const Idempotency& idempotency,
                      const std::string& answer) override;
    absl::Status Damaged() override { return StorageFailure(); }
    void EraseOf(absl::string_view project);

   private:
    struct Answer {
      Digest request;
      std::string project;
      std::string bytes;
    };

    std::map<Digest, Answer> answers_;
  };

  // Returns the result of `work`, or the status of FailWith.
  template <typename T, typename Work>
  absl::StatusOr<T> Run(Work&& work) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    return std::forward<Work>(work)();
  }

  // Returns the page at `start` of those records that `matches` accepts. The
  // key of a record is its position as text.
  template <typename T, typename Matches>
  static Page<T> PageOf(const std::map<std::string, T>& records,
                        const PageStart<T>& start, Matches&& matches) {
    PageBuilder<T> page(start);
    auto record = start.after ? records.upper_bound(KeyOf(*start.after))
                              : records.begin();
    for (; record != records.end(); ++record) {
      if (!matches(record->second)) continue;
      PositionOf<T> position;
      SetPosition(record->first, position);
      if (!page.MoveTo(std::move(position))) break;
      page.Add(record->second);
    }
    return std::move(page).Take();
  }

  static std::string KeyOf(const Uuid& id) { return FormatUuid(id); }
  static std::string KeyOf(const std::string& name) { return name; }
  static void SetPosition(const std::string& key, Uuid& id) {
    id = ParseUuid(key).value_or(Uuid{});
  }
  static void SetPosition(const std::string& key, std::string& name) {
    name = key;
  }

  // Does the same as Run, unless the call is a repeat (see PerformOnce).
  template <typename T, typename Work>
  absl::StatusOr<Created<T>> Once(const std::optional<Idempotency>& idempotency,
                                  Work&& work);

  absl::StatusOr<KeyOwner> Owner(const ApiKeyHash& hash);
  absl::StatusOr<v1::Webhook*> Find(absl::string_view project,
                                    absl::string_view id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<v1::Project*> Find(absl::string_view project)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<int> key_lookups_{0};
  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<ApiKeyHash, v1::ApiKey> keys_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, v1::Project> projects_ ABSL_GUARDED_BY(mutex_);
  bool had_first_project_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> before_first_project_;
  std::map<std::string, v1::CertificateBinding> certificates_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, v1::Webhook> webhooks_ ABSL_GUARDED_BY(mutex_);
  Answers answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> noted_uses_ ABSL_GUARDED_BY(mutex_);
  SecretKeys secret_keys_ ABSL_GUARDED_BY(mutex_);
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::pair<absl::StatusOr<KeyOwner>, Done<KeyOwner>>> held_
      ABSL_GUARDED_BY(mutex_);
};

template <typename T, typename Work>
absl::StatusOr<Created<T>> FakeStore::Once(
    const std::optional<Idempotency>& idempotency, Work&& work) {
  return Run<Created<T>>([&] {
    mutex_.AssertHeld();
    return PerformOnce<T>(answers_, idempotency, std::forward<Work>(work));
  });
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_
