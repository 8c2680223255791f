#ifndef WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
#define WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/call/clock.h"
#include "server/delivery/retry_policy.h"
#include "server/delivery/sender.h"
#include "server/delivery/turns.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Delivers what waits in the queue: leases what is due, in turn, sends it, and
// records what came of it, from construction until Stop. A delivery is sent
// again after a crash between sending and recording, and never else.
class Scheduler {
 public:
  struct Options {
    Turns::Limits turns;
    RetryPolicy retries;
    // Requests in flight, or whose end is not recorded yet, in all.
    int max_in_flight = 512;
    // How long one attempt may take where the webhook does not say.
    absl::Duration timeout = absl::Seconds(15);
    // See AttemptResult::patience.
    absl::Duration patience = absl::Hours(24 * 5);
  };

  // Told of each attempt that was recorded.
  using Observer = std::function<void(const AttemptResult&)>;

  // On a thread of its own, at once. `queue` and `sender` must outlive this.
  // `dice` gives numbers from 0 to 1, below 1.
  Scheduler(DeliveryQueue& queue, Sender& sender, Options options, Clock clock,
            std::function<double()> dice, Observer observer);

  // Waits for the end of what BeginStop has begun; by itself gives up at once.
  ~Scheduler();

  // Begins no more attempts, lets those in flight end until `deadline`, then
  // has the sender give up the rest, whose deliveries are due again; and ends
  // once every attempt that has ended is recorded. Does not wait for it. Only
  // the first call counts.
  void BeginStop(absl::Time deadline);

  // Looks at the clock again.
  void Wake();

 private:
  using Event = absl::AnyInvocable<void() &&>;

  // An attempt on its way: what it takes to judge and record it.
  struct Flight;

  void Run();
  // Runs what was posted and what is due; whether to go on.
  bool Turn();
  void LoadEndpoints(std::string after);
  void Lease();
  void Begin(const std::vector<LeaseWish>& wishes,
             std::vector<EndpointLease> leases);
  void BeginOne(const LeaseWish& wish, EndpointLease lease);
  void Attempt(const std::shared_ptr<const EndpointLease>& lease,
               const LeasedDelivery& delivery, const Endpoint& endpoint);
  void Judge(Flight& flight, const HttpOutcome& outcome);
  void Record(const std::shared_ptr<Flight>& flight);
  void Recorded(const std::shared_ptr<Flight>& flight,
                const absl::Status& status);

  // Runs `event` on the scheduler's thread: soon, or at `time`.
  void Post(Event event);
  void PostAt(absl::Time time, Event event);
  absl::Time NextTime() const;

  DeliveryQueue& queue_;
  Sender& sender_;
  const Options options_;
  const Clock clock_;
  const std::function<double()> dice_;
  const Observer observer_;

  // These are the thread's own.
  Turns turns_;
  std::multimap<absl::Time, Event> later_;
  // Requests that are asked for, in flight or not recorded yet, and the bytes
  // of their events.
  int busy_ = 0;
  std::size_t busy_bytes_ = 0;
  // Calls of the queue and the sender that have not ended.
  int outstanding_ = 0;
  bool is_stopping_ = false;
  bool has_abandoned_ = false;

  mutable absl::Mutex mutex_;
  std::vector<Event> inbox_ ABSL_GUARDED_BY(mutex_);
  // When to give up, once it is to stop.
  absl::Time stop_by_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
