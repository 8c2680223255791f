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

// Runs posted events one after another, in iterations. An iteration runs the
// events that were posted, then those whose time has come, then the loop's
// work, on the loop's own thread or on the caller's (RunOrPost). Thread-safe.
class EventLoop {
 public:
  using Event = absl::AnyInvocable<void() &&>;

  // The last step of each iteration. Returns the time of the next iteration if
  // no event is posted before; nullopt ends the loop.
  using Work = absl::AnyInvocable<std::optional<absl::Time>()>;

  // See PostLazily.
  static constexpr absl::Duration kMaxLazyDelay = absl::Milliseconds(5);

  EventLoop(Clock clock, Work work);

  // Starts the loop's thread. At most once.
  void Start();

  // Waits until the loop has ended. Required before the destructor.
  void Join();

  // Held during each iteration.
  absl::Mutex& mutex() const ABSL_LOCK_RETURNED(mutex_) { return mutex_; }

  // Runs the event in the next iteration, on the loop's thread.
  void Post(Event event);

  // Runs an iteration with the event on the caller's thread, which saves two
  // context switches; posts the event if an iteration is running already. The
  // loop must not have ended.
  void RunOrPost(Event event);

  // Posts an event without waking the loop's thread. The event runs within
  // kMaxLazyDelay if the work requests iterations that often.
  void PostLazily(Event event);

  // Runs the event in the first iteration after `time`.
  void PostAt(absl::Time time, Event event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

 private:
  void Run();
  std::optional<absl::Time> Iterate() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SleepUntil(absl::Time time);

  const Clock clock_;
  mutable absl::Mutex mutex_;
  Work work_ ABSL_GUARDED_BY(mutex_);
  std::multimap<absl::Time, Event> later_ ABSL_GUARDED_BY(mutex_);

  absl::Mutex inbox_mutex_ ABSL_ACQUIRED_AFTER(mutex_);
  std::vector<Event> inbox_ ABSL_GUARDED_BY(inbox_mutex_);
  std::vector<Event> lazy_ ABSL_GUARDED_BY(inbox_mutex_);
  // Set while the thread sleeps.
  absl::Time wake_at_ ABSL_GUARDED_BY(inbox_mutex_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_EVENT_LOOP_H_
