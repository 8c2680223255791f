#ifndef WEBHOOKS_GATEWAY_KNOWN_KEYS_H_
#define WEBHOOKS_GATEWAY_KNOWN_KEYS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::gateway {

// The keys and certificates that the server has accepted recently. The body of
// a request with one of them is parsed without asking the server first. This
// does not authenticate: the server authenticates each call itself.
// Thread-safe.
class KnownKeys {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr Clock::duration kTrust = std::chrono::minutes(1);
  static constexpr std::size_t kMaxKeys = 10'000;

  explicit KnownKeys(std::function<Clock::time_point()> now = &Clock::now)
      : now_(std::move(now)) {}

  // `credential` is that of CallHeaders.
  bool Contains(absl::string_view credential) const;
  // Keeps at most kMaxKeys. Beyond that, removes the keys that have expired,
  // and all keys if that is not enough.
  void Add(absl::string_view credential);

 private:
  // By a hash of the credential, so that no key stays in memory.
  using Digest = std::array<unsigned char, 32>;

  static Digest Hash(absl::string_view credential);

  const std::function<Clock::time_point()> now_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<Digest, Clock::time_point> ends_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_KNOWN_KEYS_H_
