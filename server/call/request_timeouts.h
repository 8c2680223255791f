#ifndef WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_
#define WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_

#include <list>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::server {

// A call whose request is on its way.
class WaitingCall {
 public:
  // The request has not arrived in time. On a thread of RequestTimeouts.
  virtual void RequestTimedOut() = 0;

 protected:
  ~WaitingCall() = default;
};

// Ends the wait for requests that do not arrive in time, which would hold
// memory and places for as long as their clients like. Thread-safe.
class RequestTimeouts {
 public:
  static constexpr absl::Duration kTimeout = absl::Seconds(30);

  // Looks every `interval` for calls that have waited for longer than
  // `timeout`.
  explicit RequestTimeouts(absl::Duration timeout = kTimeout,
                           absl::Duration interval = absl::Seconds(1));

  // No call waits any more.
  ~RequestTimeouts();

  struct Wait {
    WaitingCall* call;
    absl::Time until;
    bool is_overdue = false;
    bool is_told = false;
  };
  using Place = std::list<Wait>::iterator;

  // The call waits from now on, until End, which must follow.
  Place Begin(WaitingCall& call);

  // The request is there, or never will be. Returns false if the call has been
  // told that its time is out. It is not told afterwards.
  bool End(Place place);

 private:
  void Run();
  // Tells the first call whose time is out; returns false if there is none.
  bool TellOne() ABSL_LOCKS_EXCLUDED(mutex_);

  const absl::Duration timeout_;
  const absl::Duration interval_;
  absl::Mutex mutex_;
  // In the order in which their time is out.
  std::list<Wait> waits_ ABSL_GUARDED_BY(mutex_);
  // Their time is out.
  std::list<Wait> overdue_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_REQUEST_TIMEOUTS_H_
