#ifndef WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
#define WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/delivery/endpoint_pauses.h"
#include "server/delivery/endpoint_queue.h"
#include "server/delivery/event_loop.h"
#include "server/delivery/leased_attempt.h"
#include "server/delivery/retry_policy.h"
#include "server/delivery/sender.h"
#include "server/runtime/clock.h"
#include "server/runtime/once_a_second.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Leases due deliveries from the store, sends them in the order of an
// EndpointQueue, and records each attempt, from construction until BeginStop.
//
// An attempt is repeated only if the process crashes between sending and
// recording. An attempt that cannot be recorded yet is kept, and counts as in
// flight until then.
//
// Due times are times of the wall clock; pauses, leases and rates use the
// steady clock. No delivery is lost or repeated when the wall clock is set.
// Thread-safe.
class Scheduler {
 public:
  struct Options {
    EndpointQueue::Limits queue;
    RetryPolicy retries;
    // The time limit of an attempt, for webhooks that do not set one.
    absl::Duration timeout = absl::Seconds(15);
    // See AttemptResult::deactivate_after.
    absl::Duration deactivate_after = absl::Hours(24 * 5);
  };

  struct Clocks {
    Clock wall;
    Clock steady;
  };

  struct Stats {
    // Attempts in flight or not recorded yet.
    int in_flight = 0;
    // Deliveries that are leased or requested from the store.
    int leased = 0;
    // Endpoints with deliveries that wait or are in flight.
    std::size_t endpoints = 0;
    // Time since the oldest delivery that waits for its attempt became due; the
    // pause of an endpoint does not count. 0 if there is none.
    absl::Duration oldest_due_for;
  };

  // Called with each recorded attempt, the delivery after it, and its span.
  using Observer = std::function<void(const AttemptResult&,
                                      const RecordedAttempt&, const Span&)>;

  // Starts at once, on its own thread. `queue` and `sender` must outlive this.
  // `uniform_random` returns numbers in [0, 1), on any thread.
  Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
            Clocks clocks, std::function<double()> uniform_random,
            Observer observer);

  // Waits until the shutdown has finished. Without BeginStop, abandons the
  // attempts in flight at once.
  ~Scheduler();

  // Starts a graceful shutdown and returns at once: no more attempts are
  // started, those in flight may finish within `grace`, and the sender then
  // abandons the others, whose deliveries are due again. Finished attempts are
  // recorded in any case. Later calls have no effect.
  void BeginStop(absl::Duration grace);

  // Starts an iteration, which reads the clocks. For tests with fake clocks.
  void Wake();

  // Returns the current numbers. Waits for the current iteration, and takes
  // time in proportion to the number of known endpoints.
  Stats stats() const;

  // Returns the wall time at which the pause of an overloaded endpoint ends;
  // nullopt if it is not paused. Does not wait for an iteration.
  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const;

 private:
  // Longer than kMaxAttemptTime, so that deliveries can be prefetched.
  static constexpr absl::Duration kLeaseTime = absl::Minutes(2);

  // The wait before a failed call of the store is repeated.
  static constexpr absl::Duration kStoreRetryDelay = absl::Milliseconds(200);

  // Runs after the events of an iteration; see EventLoop::Work.
  std::optional<absl::Time> RunIteration();
  absl::Time NextTime() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Adjusts due times if the wall clock was set.
  void CompareClocks(absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  absl::Time ToSteadyTime(absl::Time wall) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void LoadEndpoints(const std::string& after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void SetDue(const EndpointDue& due)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void LeaseDue(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  EndpointQueue::Leased ReadLease(const Endpoint& endpoint, EndpointLease lease,
                                  absl::Time until) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void StartAttempts(absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void GiveUpDroppedLeases() ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void Send(const std::shared_ptr<LeasedAttempt>& attempt)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Ends the lease of an attempt whose request was not sent. On any thread.
  void GiveUp(const std::shared_ptr<LeasedAttempt>& attempt,
              bool is_out_of_files = false);
  // Makes the delivery due again.
  void ReturnUnsent(LeasedAttempt& attempt)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Lets the endpoint have its next request before this one is recorded, unless
  // the endpoint is ordered. On any thread.
  void FinishEarly(const std::shared_ptr<LeasedAttempt>& attempt);
  // On any thread.
  void Record(const std::shared_ptr<LeasedAttempt>& attempt);
  void OnRecorded(const std::shared_ptr<LeasedAttempt>& attempt,
                  const absl::StatusOr<RecordedAttempt>& recorded)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Returns true if recording, which failed with `status`, should be tried
  // again.
  bool ShouldRecordAgain(LeasedAttempt& attempt, const absl::Status& status,
                         absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());

  DeliveryQueue& store_;
  Sender& sender_;
  const Options options_;
  const Clocks clocks_;
  const std::function<double()> uniform_random_;
  const Observer observer_;

  EndpointPauses pauses_;
  EventLoop loop_;
  EndpointQueue queue_ ABSL_GUARDED_BY(loop_.mutex());
  // The wall time minus the steady time.
  absl::Duration wall_offset_ ABSL_GUARDED_BY(loop_.mutex());
  // Unfinished calls of the store and the sender.
  int outstanding_ ABSL_GUARDED_BY(loop_.mutex()) = 0;
  // When to abandon the attempts in flight. Set by BeginStop.
  std::optional<absl::Time> stop_by_ ABSL_GUARDED_BY(loop_.mutex());
  bool has_abandoned_ ABSL_GUARDED_BY(loop_.mutex()) = false;
  OnceASecond out_of_files_log_ ABSL_GUARDED_BY(loop_.mutex());
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
