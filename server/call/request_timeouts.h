#ifndef WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_
#define WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_

#include <list>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::server {

// A call that waits for its request.
class TimedCall {
 public:
  // The request did not arrive in time. Called on the thread of
  // RequestTimeouts.
  virtual void RequestTimedOut() = 0;

 protected:
  ~TimedCall() = default;
};

// Limits the time that a request may take to arrive, since a waiting call holds
// memory and a place of its key. Thread-safe.
class RequestTimeouts {
 public:
  static constexpr absl::Duration kTimeout = absl::Seconds(30);

  // Checks every `interval` for calls that have waited longer than `timeout`.
  explicit RequestTimeouts(absl::Duration timeout = kTimeout,
                           absl::Duration interval = absl::Seconds(1));

  // All calls must have been removed.
  ~RequestTimeouts();

  struct Wait {
    TimedCall* call;
    absl::Time until;
    bool is_overdue = false;
    bool is_notified = false;
  };
  using Place = std::list<Wait>::iterator;

  // Starts the timeout of the call. Remove must follow.
  Place Add(TimedCall& call);

  // Ends the timeout, because the request arrived or failed. Returns false if
  // RequestTimedOut was called. It is not called after this.
  bool Remove(Place place);

 private:
  void Run();
  // Notifies the first call whose timeout has passed; returns false if there is
  // none.
  bool ExpireOne() ABSL_LOCKS_EXCLUDED(mutex_);

  const absl::Duration timeout_;
  const absl::Duration interval_;
  absl::Mutex mutex_;
  // In the order of `until`.
  std::list<Wait> waits_ ABSL_GUARDED_BY(mutex_);
  std::list<Wait> overdue_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_
