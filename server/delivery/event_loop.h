#ifndef WEBHOOKS_SERVER_DELIVERY_EVENT_LOOP_H_
#define WEBHOOKS_SERVER_DELIVERY_EVENT_LOOP_H_

#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/clock.h"

namespace webhooks::server {

// Runs what is posted to it in turns, one after another: on a thread of its
// own, or on one that posts and need not wait for another thread. A turn is the
// events that were posted, those whose time has come, and then the loop's work.
class EventLoop {
 public:
  using Event = absl::AnyInvocable<void() &&>;

  // The work at the end of every turn. Returns when there is to be a turn
  // although nothing is posted; nullopt: the loop is over, and there is no
  // other turn.
  using Work = absl::AnyInvocable<std::optional<absl::Time>()>;

  // The longest time for which a lazily posted event waits for a turn.
  static constexpr absl::Duration kLaziness = absl::Milliseconds(5);

  EventLoop(Clock clock, Work work);

  // Begins, on a thread of its own. Once.
  void Start();

  // Waits until the loop is over: needed before it goes.
  void Join();

  // Held for the length of a turn.
  absl::Mutex& turn() const ABSL_LOCK_RETURNED(turn_) { return turn_; }

  // Runs the event in the next turn.
  void Post(Event event);

  // Posts the event, and runs it on this thread and at once if no turn is being
  // had. The loop must not be over.
  void PostHere(Event event);

  // Posts an event that nobody waits for: it wakes no thread. It is only in
  // time where the work asks for turns at least every kLaziness.
  void PostLazily(Event event);

  // Runs the event in the first turn after `time`.
  void PostAt(absl::Time time, Event event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);

  // Looks at the clock again.
  void Wake();

 private:
  void Run();
  std::optional<absl::Time> Turn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void SleepUntil(absl::Time time);

  const Clock clock_;
  mutable absl::Mutex turn_;
  Work work_ ABSL_GUARDED_BY(turn_);
  std::multimap<absl::Time, Event> later_ ABSL_GUARDED_BY(turn_);

  absl::Mutex mutex_;
  std::vector<Event> inbox_ ABSL_GUARDED_BY(mutex_);
  std::vector<Event> lazy_ ABSL_GUARDED_BY(mutex_);
  // When the thread looks at the clock again, while it sleeps.
  absl::Time wake_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_EVENT_LOOP_H_
