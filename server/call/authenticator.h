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

// Tells whose project an API key or a certificate opens, and notes the minute
// that a key was used in. What was found is remembered until kTrust after it
// was looked for, so that a busy caller costs no query; thus what is changed
// elsewhere (a key is revoked, a certificate unbound, a project deleted or
// limited) holds here after that time, and what is changed here at once, if it
// is forgotten. Thread-safe.
class Authenticator {
 public:
  static constexpr absl::Duration kTrust = absl::Seconds(5);

  // A key that was trusted within this time is no guess: FailedKeys does not
  // slow its next look-up, wherever it comes from.
  static constexpr absl::Duration kKnown = absl::Minutes(10);

  // Both must outlive this.
  Authenticator(ProjectStore& store, FailedKeys& failed, Clock clock);

  // Ends with what `key`, which came from `address`, opens, at once where it is
  // remembered. UNAUTHENTICATED (API_KEY_INVALID): there is no such key, or it
  // is revoked or has ended. RESOURCE_EXHAUSTED (TOO_MANY_FAILED_KEYS), as of
  // FailedKeys. Other errors as of ProjectStore::FindApiKey.
  void Authenticate(absl::string_view key, const std::string& address,
                    const CallOptions& options, Done<Access> done);

  // Authenticates by the name of a certificate that was shown, else like
  // Authenticate. UNAUTHENTICATED (CERTIFICATE_NOT_BOUND): it is bound to no
  // project.
  void AuthenticateCertificate(const std::string& name,
                               const std::string& address,
                               const CallOptions& options, Done<Access> done);

  // Forgets what was found, before now, of the key with this id, of the
  // certificate with this name, or of all that opens this project.
  void ForgetKey(absl::string_view id);
  void ForgetCertificate(absl::string_view name);
  void ForgetProject(absl::string_view id);

 private:
  struct Entry {
    // Of the key, or of the certificate's name.
    ApiKeyHash hash;
    Access access;
    // When it is to be looked up again.
    absl::Time forget_at;
  };

  // The moment at which a look-up began: its result may be as old.
  struct LookUpStart {
    absl::Time time;
    int forgotten;
  };

  // The one of the hash, if it was trusted within kKnown; else null.
  const Entry* Find(const ApiKeyHash& hash) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::optional<Access> Remembered(const ApiKeyHash& hash);
  // Returns OK if the key or certificate may be looked up.
  absl::Status MayLookUp(const ApiKeyHash& hash, const std::string& address);
  absl::StatusOr<Access> Decide(const ApiKeyHash& hash,
                                const LookUpStart& start,
                                absl::StatusOr<KeyOwner> found);
  void NoteUse(const v1::ApiKey& key, absl::Time now);
  void Remember(Entry entry, const LookUpStart& start);
  int forgotten() const;
  void Forget(const std::function<bool(const Entry&)>& is_meant);

  void ForgetHash(const ApiKeyHash& hash);

  // `done`, but that a failure of the caller's is noted first.
  Done<Access> NotingFailures(const ApiKeyHash& hash,
                              const std::string& address, Done<Access> done);

  ProjectStore& store_;
  FailedKeys& failed_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  // By the first bytes of the hash; the whole is compared in constant time.
  absl::flat_hash_map<std::uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  // Counts what was forgotten: a look-up that began before may find something
  // that is out of date, which is not remembered.
  int forgotten_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_AUTHENTICATOR_H_
