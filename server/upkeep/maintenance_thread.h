#ifndef WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_
#define WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_

#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"
#include "storage/steady_clock.h"
#include "storage/upkeep.h"

namespace webhooks::server {

// Has the store do what calls leave behind (Upkeep::Maintain): step by step
// while there is something, and then every `interval`. Calls go on meanwhile.
// Once nothing is sealed under older keys any more, a line of the log names
// them.
class MaintenanceThread {
 public:
  // On a thread of its own, at once. What is older than `retention` goes, by a
  // clock that follows `clock` no faster than twice as fast as `steady_clock`
  // goes: one that is set far ahead takes nothing out at once. `store` must
  // outlive this.
  MaintenanceThread(Upkeep& store, Clock clock, absl::Duration interval,
                    absl::Duration retention,
                    SteadyClock steady_clock = &SteadyNow);

  // Does not wait for the interval: there is something to do.
  void Wake();

  // Ends the step in progress; what is left is done after the next start.
  ~MaintenanceThread();

 private:
  void Run();
  // All steps there are. The number of those that did something.
  int Work();
  bool Step();
  // Returns how long to keep records, by `clock_`; nullopt: the store failed.
  std::optional<absl::Duration> Retention(absl::Time now);
  void TellUnusedKeys();
  bool IsStopping();

  Upkeep& store_;
  const Clock clock_;
  const absl::Duration interval_;
  const absl::Duration retention_;
  const SteadyClock steady_clock_;
  absl::Duration looked_at_;       // by steady_clock_; used by thread_ alone
  bool told_unused_keys_ = false;  // used by thread_ alone
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_UPKEEP_MAINTENANCE_THREAD_H_
