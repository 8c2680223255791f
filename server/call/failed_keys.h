#ifndef WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_
#define WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "server/runtime/once_a_second.h"
#include "server/runtime/token_bucket.h"

namespace webhooks::server {

// Slows down whoever tries keys: an address may show kBurst that open nothing,
// and kPerSecond more. Thread-safe.
class FailedKeys {
 public:
  static constexpr int kBurst = 100;
  static constexpr int kPerSecond = 10;

  explicit FailedKeys(Clock clock);

  // Returns OK if a key from `address` may be looked up now. RESOURCE_EXHAUSTED
  // (TOO_MANY_FAILED_KEYS) says when to try again; the log tells of the
  // address.
  absl::Status Check(absl::string_view address);

  // A key from `address` opened nothing.
  void Note(absl::string_view address);

 private:
  const Clock clock_;
  absl::Mutex mutex_;
  // The number of keys of each address that may still fail; an address that is
  // not here has all of them.
  absl::flat_hash_map<std::string, TokenBucket> buckets_
      ABSL_GUARDED_BY(mutex_);
  OnceASecond refusal_lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_FAILED_KEYS_H_
