#ifndef WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_
#define WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_

#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "storage/sealing/secret_key.h"
#include "storage/steady_clock.h"
#include "storage/upkeep.h"

namespace webhooks::server {

// Runs Upkeep::Maintain: repeatedly while there is work, and then every
// `interval`. Logs the secret keys that are no longer needed when they change.
class MaintenanceThread {
 public:
  // Starts at once, on its own thread. Removes records older than `retention`.
  // Their age is measured by a clock that follows `clock` at no more than twice
  // the speed of `steady_clock`, so that nothing is removed at once if the wall
  // clock is set far ahead. `store` must outlive this.
  MaintenanceThread(Upkeep& store, Clock clock, absl::Duration interval,
                    absl::Duration retention,
                    SteadyClock steady_clock = &SteadyNow);

  // Runs the maintenance now instead of after the interval.
  void Wake();

  // Waits for the step in progress. The next start does the rest.
  ~MaintenanceThread();

 private:
  void Run();
  // Runs steps while there is work. Returns the number that did something.
  int RunSteps();
  bool Step();
  // Returns the time for which records are kept, measured by `clock_`; nullopt
  // if the store failed.
  std::optional<absl::Duration> Retention(absl::Time now);
  void LogUnusedKeys();
  bool IsStopping();

  Upkeep& store_;
  const Clock clock_;
  const absl::Duration interval_;
  const absl::Duration retention_;
  const SteadyClock steady_clock_;
  // Used by thread_ alone: the time of the last reading, by steady_clock_, and
  // the unused keys as logged last.
  absl::Duration latest_read_at_;
  std::vector<SecretKey::Id> logged_unused_keys_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_
