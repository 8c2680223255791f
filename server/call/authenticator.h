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
#include "storage/store.h"

namespace webhooks::server {

// The time of day; tests bring their own.
using Clock = std::function<absl::Time()>;

// Tells whose project an API key opens. Keys that were found are remembered for
// kTrust, so that a busy caller costs no query; thus a key that is revoked
// elsewhere opens nothing after that time. Thread-safe.
class Authenticator {
 public:
  static constexpr absl::Duration kTrust = absl::Seconds(5);

  // `store` must outlive this.
  Authenticator(Store& store, Clock clock);

  // Ends with the id of the project that `key` opens, at once where it is
  // remembered. UNAUTHENTICATED (API_KEY_INVALID): there is no such key. Other
  // errors as of Store::FindApiKey.
  void Authenticate(absl::string_view key, const CallOptions& options,
                    Done<std::string> done);

 private:
  struct Entry {
    ApiKeyHash hash;
    std::string project;
    absl::Time forget_at;
  };

  std::optional<std::string> Remembered(const ApiKeyHash& hash);
  void Remember(const ApiKeyHash& hash, const std::string& project);

  Store& store_;
  const Clock clock_;
  absl::Mutex mutex_;
  // By the first bytes of the hash; the whole is compared in constant time.
  absl::flat_hash_map<std::uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_AUTHENTICATOR_H_
