#include "server/call/request_timeouts.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

struct Call final : TimedCall {
  void RequestTimedOut() override { told.Notify(); }
  absl::Notification told;
};

TEST(RequestTimeouts, NotifiesACallWhoseRequestIsLate) {
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  Call call;
  const auto place = timeouts.Add(call);
  call.told.WaitForNotification();
  EXPECT_FALSE(timeouts.Remove(place));
}

TEST(RequestTimeouts, DoesNotNotifyACallWhoseRequestArrived) {
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  Call last;
  for (int i = 0; i < 1000; ++i) {
    Call call;
    const bool in_time = timeouts.Remove(timeouts.Add(call));
    EXPECT_EQ(in_time, !call.told.HasBeenNotified());
  }
  // Earlier calls have been notified by now.
  const auto place = timeouts.Add(last);
  last.told.WaitForNotification();
  timeouts.Remove(place);
}

// Otherwise a call could be destroyed during its notification.
TEST(RequestTimeouts, RemovesACallOnlyAfterItsNotification) {
  struct SlowCall final : TimedCall {
    void RequestTimedOut() override {
      begun.Notify();
      may_end.WaitForNotification();
      is_notified = true;
    }
    absl::Notification begun;
    absl::Notification may_end;
    std::atomic<bool> is_notified = false;
  };
  SlowCall call;
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  const auto place = timeouts.Add(call);
  call.begun.WaitForNotification();
  absl::Notification ends;
  std::thread ending([&] {
    ends.Notify();
    EXPECT_FALSE(timeouts.Remove(place));
    EXPECT_TRUE(call.is_notified);
  });
  ends.WaitForNotification();
  std::this_thread::yield();
  call.may_end.Notify();
  ending.join();
}

TEST(RequestTimeouts, DoesNotNotifyACallBeforeItsTimeout) {
  RequestTimeouts timeouts(absl::Hours(1), absl::Milliseconds(1));
  Call waits;
  Call ends;
  const auto first = timeouts.Add(waits);
  const auto second = timeouts.Add(ends);
  EXPECT_TRUE(timeouts.Remove(second));
  EXPECT_TRUE(timeouts.Remove(first));
  EXPECT_FALSE(waits.told.HasBeenNotified());
}

}  // namespace
}  // namespace webhooks::server
