#ifndef WEBHOOKS_SERVER_UPKEEP_HEALTH_MONITOR_H_
#define WEBHOOKS_SERVER_UPKEEP_HEALTH_MONITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/upkeep.h"

namespace webhooks::server {

// Probes the store and reports if the server can serve.
class HealthMonitor {
 public:
  // Called after each probe; `serving` is true if it succeeded.
  using Report = std::function<void(bool serving)>;

  // Probes `store` once before it returns, then every `interval` on its own
  // thread. A probe fails if it takes longer than `timeout`. `store` must
  // outlive the monitor.
  HealthMonitor(Upkeep& store, absl::Duration interval, absl::Duration timeout,
                Report report);

  // Reports false and stops probing.
  ~HealthMonitor();

 private:
  void Run();
  bool Probe();
  // Writes a line if the result is another one than before.
  void LogResult(const std::string& result, bool is_healthy);

  Upkeep& store_;
  const absl::Duration interval_;
  const absl::Duration timeout_;
  const Report report_;
  // The result of the last line; OK at first. Used by one thread at a time.
  std::string logged_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_UPKEEP_HEALTH_MONITOR_H_
