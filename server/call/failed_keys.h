#ifndef WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_
#define WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/call/server_share.h"
#include "server/runtime/clock.h"
#include "server/runtime/once_a_second.h"
#include "server/runtime/token_bucket.h"

namespace webhooks::server {

// Limits guessing of keys: an address may send kBurst invalid keys, and then
// kPerSecond more each second, to all servers together. Each applies its share.
// Thread-safe.
class FailedKeys {
 public:
  static constexpr int kBurst = 100;
  static constexpr int kPerSecond = 10;

  explicit FailedKeys(Clock clock, ServerCount servers = &OneServer);

  // Returns OK if a key from `address` may be looked up now; else logs the
  // address and returns RESOURCE_EXHAUSTED (TOO_MANY_FAILED_KEYS) with the time
  // until the next try.
  absl::Status Check(absl::string_view address);

  // Counts an invalid key from `address`.
  void AddFailure(absl::string_view address);

 private:
  // The share of this server.
  struct Share {
    double burst;
    double per_second;
  };
  Share CurrentShare() const;

  const Clock clock_;
  const ServerCount servers_;
  absl::Mutex mutex_;
  // The number of invalid keys that each address may still send. An address
  // without an entry may send those of a burst.
  absl::flat_hash_map<std::string, TokenBucket> buckets_
      ABSL_GUARDED_BY(mutex_);
  OnceASecond refusal_log_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_
