#ifndef WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_
#define WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::server {

// Limits how many calls each key has in flight at the same time. Thread-safe.
class CallsInFlight {
 public:
  // The place of one call, given back with it. The object that it is of must
  // outlive it.
  using Place = std::shared_ptr<const void>;

  // A call whose messages have more bytes holds its place until its client has
  // read the answer: they fill memory until then. Another one gives it back
  // before the answer is sent, so that who has that may make the next call.
  static constexpr std::size_t kSmallCall = 16 << 10;

  explicit CallsInFlight(int limit) : limit_(limit) {}

  // A place for one more call of `key`; null: all are taken.
  Place Take(const std::string& key);

 private:
  void GiveBack(const std::string& key);

  const int limit_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, int> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_
