#ifndef WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_
#define WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::server {

// How many calls each key may have in flight at the same time. Thread-safe.
class CallsInFlight {
 public:
  // The place of one call, given back with it. The object that it is of must
  // outlive it.
  using Place = std::shared_ptr<const void>;

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
