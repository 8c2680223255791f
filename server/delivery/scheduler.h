#ifndef WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
#define WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
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

// Delivers what waits in the store's queue: leases what is due, sends it in the
// order of an EndpointQueue, and records what came of it, from construction
// until Stop. A delivery is sent again after a crash between sending and
// recording, and never else: an attempt that cannot be recorded yet is kept,
// and keeps its place among those in flight. Pauses, leases and rates go by the
// steady clock; what is due goes by the time of day, whose jumps lose and
// repeat nothing.
class Scheduler {
 public:
  struct Options {
    EndpointQueue::Limits queue;
    RetryPolicy retries;
    // The longest time of one attempt where the webhook does not say.
    absl::Duration timeout = absl::Seconds(15);
    // See AttemptResult::deactivate_after.
    absl::Duration deactivate_after = absl::Hours(24 * 5);
  };

  struct Clocks {
    // The time of day.
    Clock wall;
    Clock steady;
  };

  struct Figures {
    // Attempts in flight or not recorded yet.
    int in_flight = 0;
    // Deliveries that are leased, or asked for.
    int leased = 0;
    // Endpoints that something waits for or is in flight to.
    std::size_t endpoints = 0;
    // Age of the oldest due delivery that can be attempted and has not begun; 0
    // if there is none.
    absl::Duration oldest_due_for;
  };

  // Told of each attempt that was recorded, and of its span.
  using Observer = std::function<void(const AttemptResult&, const Span&)>;

  // On a thread of its own, at once. `queue` and `sender` must outlive this.
  // `uniform_random` returns numbers of [0, 1).
  Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
            Clocks clocks, std::function<double()> uniform_random,
            Observer observer);

  // Waits for the end of what BeginStop has begun; by itself gives up at once.
  ~Scheduler();

  // Begins no more attempts, lets those in flight end for `grace`, then has the
  // sender give up the rest, whose deliveries are due again; and ends once
  // every attempt that has ended is recorded. Does not wait for it. Only the
  // first call counts.
  void BeginStop(absl::Duration grace);

  // Reads the clocks again.
  void Wake();

  // Waits for the end of an iteration, and looks at every known endpoint.
  Figures figures() const;

  // Returns the time of day at which the endpoint's pause ends, which an
  // overloaded endpoint has; nullopt if it is not paused. Waits for no
  // iteration.
  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const;

 private:
  // The work of an iteration of the loop, after its events.
  std::optional<absl::Time> Work();
  absl::Time NextTime() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Notices jumps of the time of day.
  void CompareClocks(absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // The steady clock's time for a time of day.
  absl::Time Steady(absl::Time wall) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void LoadEndpoints(const std::string& after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void SetDue(const EndpointDue& due)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void Lease(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  EndpointQueue::Leased ReadLease(const Endpoint& endpoint, EndpointLease lease,
                                  absl::Time until) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void Begin(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void GiveUpDropped() ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void Send(const std::shared_ptr<LeasedAttempt>& attempt)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void PutOff(LeasedAttempt& attempt)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  void MakeRoom(const std::shared_ptr<LeasedAttempt>& attempt);
  void Record(const std::shared_ptr<LeasedAttempt>& attempt);
  void Recorded(const std::shared_ptr<LeasedAttempt>& attempt,
                const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.mutex());
  // Returns true if the attempt, whose recording failed with `status`, is to be
  // recorded again.
  bool IsWorthRecording(LeasedAttempt& attempt, const absl::Status& status,
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
  // By how much the time of day is ahead of the steady clock.
  absl::Duration wall_ahead_ ABSL_GUARDED_BY(loop_.mutex());
  // Calls of the store and the sender that have not ended.
  int outstanding_ ABSL_GUARDED_BY(loop_.mutex()) = 0;
  // When to give up. Set: it is to stop.
  std::optional<absl::Time> stop_by_ ABSL_GUARDED_BY(loop_.mutex());
  bool has_abandoned_ ABSL_GUARDED_BY(loop_.mutex()) = false;
  OnceASecond put_off_lines_ ABSL_GUARDED_BY(loop_.mutex());
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
