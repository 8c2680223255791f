#include "server/call/request_timeouts.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

struct Call final : WaitingCall {
  void RequestTimedOut() override { told.Notify(); }
  absl::Notification told;
};

TEST(RequestTimeouts, TellsACallThatItsTimeIsOut) {
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  Call call;
  const auto place = timeouts.Begin(call);
  call.told.WaitForNotification();
  EXPECT_FALSE(timeouts.End(place));
}

TEST(RequestTimeouts, TellsNoCallWhoseRequestHasArrived) {
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  Call last;
  for (int i = 0; i < 1000; ++i) {
    Call call;
    const bool in_time = timeouts.End(timeouts.Begin(call));
    EXPECT_EQ(in_time, !call.told.HasBeenNotified());
  }
  // Whatever it is told of by now is over.
  const auto place = timeouts.Begin(last);
  last.told.WaitForNotification();
  timeouts.End(place);
}

// Else a call could be gone while it is told.
TEST(RequestTimeouts, EndsTheWaitOnceTheCallWasTold) {
  struct SlowCall final : WaitingCall {
    void RequestTimedOut() override {
      begun.Notify();
      may_end.WaitForNotification();
      is_told = true;
    }
    absl::Notification begun;
    absl::Notification may_end;
    std::atomic<bool> is_told = false;
  };
  SlowCall call;
  RequestTimeouts timeouts(absl::ZeroDuration(), absl::Milliseconds(1));
  const auto place = timeouts.Begin(call);
  call.begun.WaitForNotification();
  absl::Notification ends;
  std::thread ending([&] {
    ends.Notify();
    EXPECT_FALSE(timeouts.End(place));
    EXPECT_TRUE(call.is_told);
  });
  ends.WaitForNotification();
  std::this_thread::yield();
  call.may_end.Notify();
  ending.join();
}

TEST(RequestTimeouts, LetsACallWaitForItsTime) {
  RequestTimeouts timeouts(absl::Hours(1), absl::Milliseconds(1));
  Call waits;
  Call ends;
  const auto first = timeouts.Begin(waits);
  const auto second = timeouts.Begin(ends);
  EXPECT_TRUE(timeouts.End(second));
  EXPECT_TRUE(timeouts.End(first));
  EXPECT_FALSE(waits.told.HasBeenNotified());
}

}  // namespace
}  // namespace webhooks::server
