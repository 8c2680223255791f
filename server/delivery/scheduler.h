#ifndef WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
#define WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "server/call/clock.h"
#include "server/delivery/event_loop.h"
#include "server/delivery/retry_policy.h"
#include "server/delivery/sender.h"
#include "server/delivery/stock.h"
#include "server/delivery/turns.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Delivers what waits in the queue: leases what is due, in turn, sends it, and
// records what came of it, from construction until Stop. A delivery is sent
// again after a crash between sending and recording, and never else: what the
// queue cannot record yet is kept, and holds its place among those in flight.
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

  // How things stand.
  struct Figures {
    // Attempts in flight or not recorded yet, and leases in all.
    int in_flight = 0;
    int leased = 0;
    // Those that something waits for or is in flight to.
    std::size_t endpoints = 0;
    // When the first of what can be attempted and is not begun is due, or was.
    absl::Time oldest_due = absl::InfiniteFuture();
  };

  // Told of each attempt that was recorded, and of its span.
  using Observer = std::function<void(const AttemptResult&, const Span&)>;

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

  // Waits for the end of a turn, and looks at every endpoint that is known.
  Figures figures() const;

 private:
  // A turn of the loop, behind its events: what is to be done now.
  std::optional<absl::Time> Turn();
  absl::Time NextTime() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void LoadEndpoints(const std::string& after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void Heard(const EndpointDue& due)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void Lease() ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void TakeIn(const LeaseWish& wish, EndpointLease lease, absl::Time until)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void Begin() ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void Send(const std::shared_ptr<Flight>& flight)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  void Judge(Flight& flight, const HttpOutcome& outcome);
  void MakeRoom(const Flight& flight);
  void Record(const std::shared_ptr<Flight>& flight);
  void Recorded(const std::shared_ptr<Flight>& flight,
                const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  // Whether the attempt is to be recorded again, which failed with `status`.
  bool IsWorthRecording(Flight& flight, const absl::Status& status,
                        absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());
  // Gives up what is leased for the endpoint and not begun.
  void DropStock(const Endpoint& endpoint)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(loop_.turn());

  DeliveryQueue& queue_;
  Sender& sender_;
  const Options options_;
  const Clock clock_;
  const std::function<double()> dice_;
  const Observer observer_;

  EventLoop loop_;
  Turns turns_ ABSL_GUARDED_BY(loop_.turn());
  Stock stock_ ABSL_GUARDED_BY(loop_.turn());
  // Requests in flight or not recorded yet.
  int in_flight_ ABSL_GUARDED_BY(loop_.turn()) = 0;
  // Calls of the queue and the sender that have not ended.
  int outstanding_ ABSL_GUARDED_BY(loop_.turn()) = 0;
  // When to give up. Set: it is to stop.
  std::optional<absl::Time> stop_by_ ABSL_GUARDED_BY(loop_.turn());
  bool has_abandoned_ ABSL_GUARDED_BY(loop_.turn()) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SCHEDULER_H_
