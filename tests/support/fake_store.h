#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_

#include <atomic>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/errors.h"
#include "storage/store.h"

namespace webhooks::testing {

// A store in memory that completes its calls at once, counts look-ups of keys,
// and can be made to fail.
class FakeStore final : public Store {
 public:
  // Every call from now on ends with `status`; OK: works again.
  void FailWith(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    failure_ = std::move(status);
  }

  int key_lookups() const { return key_lookups_; }

  void Probe(const CallOptions&, DoneStatus done) override {
    std::move(done)(failure());
  }

  void HasProject(const CallOptions&, Done<bool> done) override {
    if (absl::Status status = failure(); !status.ok()) {
      return std::move(done)(status);
    }
    absl::MutexLock lock(&mutex_);
    std::move(done)(!keys_.empty());
  }

  void CreateProject(const v1::Project&, const v1::ApiKey& key,
                     const ApiKeyHash& hash, const CallOptions&,
                     DoneStatus done) override {
    absl::Status status = failure();
    if (status.ok()) {
      absl::MutexLock lock(&mutex_);
      keys_[hash] = key;
    }
    std::move(done)(status);
  }

  void FindApiKey(const ApiKeyHash& hash, const CallOptions&,
                  Done<v1::ApiKey> done) override {
    ++key_lookups_;
    if (absl::Status status = failure(); !status.ok()) {
      return std::move(done)(status);
    }
    std::move(done)(Key(hash));
  }

  void CreateWebhook(const v1::Webhook& webhook, const CallOptions&,
                     DoneStatus done) override {
    absl::Status status = failure();
    if (status.ok()) {
      absl::MutexLock lock(&mutex_);
      webhooks_[webhook.id_webhook_endpoint()] = webhook;
    }
    std::move(done)(status);
  }

  void GetWebhook(absl::string_view project, absl::string_view id,
                  const CallOptions&, Done<v1::Webhook> done) override {
    if (absl::Status status = failure(); !status.ok()) {
      return std::move(done)(status);
    }
    std::move(done)(Webhook(project, id));
  }

  std::size_t webhook_count() {
    absl::MutexLock lock(&mutex_);
    return webhooks_.size();
  }

 private:
  absl::Status failure() {
    absl::MutexLock lock(&mutex_);
    return failure_;
  }

  absl::StatusOr<v1::ApiKey> Key(const ApiKeyHash& hash) {
    absl::MutexLock lock(&mutex_);
    const auto key = keys_.find(hash);
    if (key == keys_.end()) return ApiKeyNotFound();
    return key->second;
  }

  absl::StatusOr<v1::Webhook> Webhook(absl::string_view project,
                                      absl::string_view id) {
    absl::MutexLock lock(&mutex_);
    const auto webhook = webhooks_.find(std::string(id));
    if (webhook == webhooks_.end() || webhook->second.id_project() != project) {
      return WebhookNotFound(id);
    }
    return webhook->second;
  }

  std::atomic<int> key_lookups_{0};
  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<ApiKeyHash, v1::ApiKey> keys_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, v1::Webhook> webhooks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_STORE_H_
