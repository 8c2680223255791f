#ifndef WEBHOOKS_SERVER_CALL_AUTHENTICATOR_H_
#define WEBHOOKS_SERVER_CALL_AUTHENTICATOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/call/failed_keys.h"
#include "server/runtime/clock.h"
#include "storage/project_store.h"

namespace webhooks::server {

// The project that an API key or a certificate opens.
struct Access {
  std::string project;
  // The key's id, or "certificate NAME".
  std::string key;
  // The value of Project.max_requests_per_second.
  std::optional<int> max_requests_per_second;
};

// Finds the project of an API key or a certificate, and records when a key is
// used, to the minute. Caches results for kCacheTime, so that a busy caller
// costs no query. Changes by other processes (a revoked key, an unbound
// certificate, a changed project) take effect after that time; changes by this
// process take effect at once through the Forget calls. Thread-safe.
class Authenticator {
 public:
  static constexpr absl::Duration kCacheTime = absl::Seconds(5);

  // A key that was valid within this time is not a guess: FailedKeys does not
  // limit its next look-up.
  static constexpr absl::Duration kKnownKeyTime = absl::Minutes(10);

  // Both must outlive this.
  Authenticator(ProjectStore& store, FailedKeys& failed, Clock clock);

  // Completes with the access of `key`, which came from `address`. If the
  // result is cached, completes before it returns. UNAUTHENTICATED
  // (API_KEY_INVALID) if the key does not exist, is revoked or has expired;
  // RESOURCE_EXHAUSTED (TOO_MANY_FAILED_KEYS), see FailedKeys; or an error of
  // ProjectStore::FindApiKey.
  void Authenticate(absl::string_view key, const std::string& address,
                    const CallOptions& options, Done<Access> done);

  // Does the same for the name of a verified certificate. UNAUTHENTICATED
  // (CERTIFICATE_NOT_BOUND) if it is not bound to a project.
  void AuthenticateCertificate(const std::string& name,
                               const std::string& address,
                               const CallOptions& options, Done<Access> done);

  // Remove the cached results of the key, of the certificate, or of all keys
  // and certificates of the project.
  void ForgetKey(absl::string_view id);
  void ForgetCertificate(absl::string_view name);
  void ForgetProject(absl::string_view id);

 private:
  struct Entry {
    // The hash of the key, or of the certificate's name.
    ApiKeyHash hash;
    Access access;
    // When to look it up again.
    absl::Time expires_at;
  };

  // The state at the start of a look-up. The result may be as old as that.
  struct LookUpStart {
    absl::Time time;
    int forgotten;
  };

  // Returns the entry if it was valid within kKnownKeyTime; else null.
  const Entry* Find(const ApiKeyHash& hash) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::optional<Access> Cached(const ApiKeyHash& hash);
  // Returns OK if the key or certificate may be looked up, else the error of
  // FailedKeys::Check.
  absl::Status CheckLookUp(const ApiKeyHash& hash, const std::string& address);
  absl::StatusOr<Access> Decide(const ApiKeyHash& hash,
                                const LookUpStart& start,
                                absl::StatusOr<KeyOwner> found);
  void NoteUse(const v1::ApiKey& key, absl::Time now);
  void Remember(Entry entry, const LookUpStart& start);
  int forgotten() const;
  void Forget(const std::function<bool(const Entry&)>& is_meant);

  void ForgetHash(const ApiKeyHash& hash);

  // Returns a completion that counts failed authentication before `done`.
  Done<Access> NotingFailures(const ApiKeyHash& hash,
                              const std::string& address, Done<Access> done);

  ProjectStore& store_;
  FailedKeys& failed_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  // By the first bytes of the hash. The whole hash is compared in constant
  // time.
  absl::flat_hash_map<std::uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  // The number of Forget calls. The result of a look-up that started before the
  // latest one may be outdated, and is not cached.
  int forgotten_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_AUTHENTICATOR_H_
