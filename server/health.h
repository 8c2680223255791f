#ifndef WEBHOOKS_SERVER_HEALTH_H_
#define WEBHOOKS_SERVER_HEALTH_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/upkeep.h"

namespace webhooks::server {

// Watches the store and tells whether the server can serve.
class HealthMonitor {
 public:
  // Told whether the last probe succeeded, after each one.
  using Report = std::function<void(bool serving)>;

  // Probes `store` at once, before it returns, and then every `interval` on a
  // thread of its own; a probe that takes longer than `patience` has failed.
  // `store` must outlive this.
  HealthMonitor(Upkeep& store, absl::Duration interval, absl::Duration patience,
                Report report);

  // Reports false and stops probing.
  ~HealthMonitor();

 private:
  void Run();
  bool Probe();

  Upkeep& store_;
  const absl::Duration interval_;
  const absl::Duration patience_;
  const Report report_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_HEALTH_H_
