#ifndef WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
#define WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
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

  // A delivery that is leased, and then on its way: what it takes to judge and
  // record it.
  struct Flight;

  void Run();
  // Runs what was posted and what is due; whether to go on.
  bool Turn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void LoadEndpoints(const std::string& after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void Heard(const EndpointDue& due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void Lease() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void TakeIn(const LeaseWish& wish, EndpointLease lease)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void Begin() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void Send(const std::shared_ptr<Flight>& flight)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void Judge(Flight& flight, const HttpOutcome& outcome);
  void MakeRoom(const Flight& flight);
  void Record(const std::shared_ptr<Flight>& flight);
  void Recorded(const std::shared_ptr<Flight>& flight,
                const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  // Gives up what is leased for the endpoint and not begun.
  void DropStock(const Endpoint& endpoint)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  void DropAllStock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);

  // Runs `event` in a turn: soon, on the scheduler's thread or one that has
  // posted here; or at `time`.
  void Post(Event event);
  void PostHere(Event event);
  void PostLazily(Event event);
  void PostAt(absl::Time time, Event event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);
  absl::Time NextTime() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);

  DeliveryQueue& queue_;
  Sender& sender_;
  const Options options_;
  const Clock clock_;
  const std::function<double()> dice_;
  const Observer observer_;

  // Held for the length of a turn.
  absl::Mutex turn_mutex_;
  Turns turns_ ABSL_GUARDED_BY(turn_mutex_);
  std::multimap<absl::Time, Event> later_ ABSL_GUARDED_BY(turn_mutex_);
  // By webhook: what is leased and not begun.
  absl::flat_hash_map<std::string, std::deque<std::shared_ptr<Flight>>> stock_
      ABSL_GUARDED_BY(turn_mutex_);
  // Requests in flight or not recorded yet.
  int in_flight_ ABSL_GUARDED_BY(turn_mutex_) = 0;
  // What is asked for, in stock, in flight or not recorded yet, and the bytes
  // of its events.
  int leased_ ABSL_GUARDED_BY(turn_mutex_) = 0;
  std::size_t leased_bytes_ ABSL_GUARDED_BY(turn_mutex_) = 0;
  // Calls of the queue and the sender that have not ended.
  int outstanding_ ABSL_GUARDED_BY(turn_mutex_) = 0;
  bool is_stopping_ ABSL_GUARDED_BY(turn_mutex_) = false;
  bool has_abandoned_ ABSL_GUARDED_BY(turn_mutex_) = false;

  mutable absl::Mutex mutex_;
  std::vector<Event> inbox_ ABSL_GUARDED_BY(mutex_);
  std::vector<Event> lazy_ ABSL_GUARDED_BY(mutex_);
  // When to give up, once it is to stop.
  absl::Time stop_by_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // When the thread looks at the clock again.
  absl::Time wake_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
