#ifndef WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_
#define WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/call/server_share.h"

namespace webhooks::server {

// Limits the number of concurrent calls of each key, at all servers together.
// Each applies its share. Thread-safe.
class CallsInFlight {
 public:
  // The place of one call, which is released when this is destroyed. The
  // CallsInFlight must outlive it.
  using Place = std::shared_ptr<const void>;

  // A call with larger messages, in bytes, holds its place until its client has
  // read the answer, since the messages occupy memory until then. A smaller
  // call releases its place before the answer is sent, so that its client can
  // make the next call at once.
  static constexpr std::size_t kMaxSmallCall = 16 << 10;

  explicit CallsInFlight(int limit, ServerCount servers = &OneServer)
      : limit_(limit), servers_(std::move(servers)) {}

  // Returns a place for a call of `key`; null if all are taken.
  Place Take(const std::string& key);

 private:
  void Release(const std::string& key);

  const int limit_;
  const ServerCount servers_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, int> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_IN_FLIGHT_H_
