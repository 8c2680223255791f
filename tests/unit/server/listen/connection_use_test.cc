#include "server/listen/connection_use.h"

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using State = ConnectionUse::State;

constexpr std::int64_t kMiB = 1 << 20;

// A connection that is classified twenty times a second.
class ConnectionUseTest : public ::testing::Test {
 protected:
  // Receives `bytes` evenly within `within`, without calls.
  State Receive(std::int64_t bytes, absl::Duration within) {
    const int looks = static_cast<int>(within / absl::Milliseconds(50));
    State state = State::kNormal;
    for (int i = 0; i < looks && state == State::kNormal; ++i) {
      received_ += bytes / looks;
      state = Update();
    }
    return state;
  }

  void SetUp() override { Update(); }

  State Update() {
    now_ += absl::Milliseconds(50);
    return use_.Classify(received_, open_calls_, now_);
  }

  // Makes an authenticated call with a message.
  State Call(std::int64_t bytes) {
    use_.OnCallStarted();
    received_ += bytes + 300;
    use_.OnCallAuthenticated();
    use_.OnMessageRead(bytes);
    use_.OnCallFinished();
    return Update();
  }

  // Makes a call that is reset at once.
  void Reset(bool is_known, bool has_expired = false) {
    use_.OnCallStarted();
    if (is_known) use_.OnCallAuthenticated();
    use_.OnCallReset(is_known, has_expired);
    use_.OnCallFinished();
  }

  ConnectionUse use_;
  std::int64_t received_ = 0;
  std::int64_t open_calls_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(ConnectionUseTest, CallsExplainReceivedBytes) {
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(Call(4 * kMiB), State::kNormal);
  EXPECT_EQ(use_.unexplained(), 0);
}

TEST_F(ConnectionUseTest, SeveralLargeRequestsMayBeInTransit) {
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(5)), State::kNormal);
  Call(100);
  EXPECT_EQ(Receive(25 * kMiB, absl::Seconds(5)), State::kNormal);
}

TEST_F(ConnectionUseTest, UnexplainedBytesAreAFlood) {
  EXPECT_EQ(Receive(50 * kMiB, absl::Seconds(2)), State::kFlood);
  EXPECT_LE(use_.unexplained(),
            ConnectionUse::kMaxUnexplainedOfUnknown + 2 * kMiB);
}

TEST_F(ConnectionUseTest, IsSuspiciousForAMomentWhenUnexplainedBytesGrow) {
  Receive(ConnectionUse::kMinSuspiciousBytes * 3 / 2, absl::Milliseconds(50));
  EXPECT_TRUE(use_.is_suspicious());
  Receive(0, absl::Milliseconds(200));
  EXPECT_FALSE(use_.is_suspicious());
  Receive(ConnectionUse::kMinSuspiciousBytes, absl::Milliseconds(50));
  EXPECT_FALSE(use_.is_suspicious());
  Receive(ConnectionUse::kMinSuspiciousBytes, absl::Milliseconds(50));
  EXPECT_TRUE(use_.is_suspicious());
}

TEST_F(ConnectionUseTest, IsNotSuspiciousWithAnAuthenticatedCaller) {
  Call(100);
  Receive(2 * kMiB, absl::Milliseconds(50));
  EXPECT_FALSE(use_.is_suspicious());
}

TEST_F(ConnectionUseTest, SuccessfulCallsAreNotSuspicious) {
  for (int i = 0; i < 100; ++i) {
    Call(200'000);
    ASSERT_FALSE(use_.is_suspicious()) << i;
  }
}

TEST_F(ConnectionUseTest, ManyBytesBesideSmallCallsAreAFlood) {
  State state = State::kNormal;
  for (int i = 0; i < 2000 && state == State::kNormal; ++i) {
    received_ += kMiB;
    state = Call(100);
  }
  EXPECT_EQ(state, State::kFlood);
}

TEST_F(ConnectionUseTest, PingsOfAnIdleClientAreNotAFlood) {
  EXPECT_EQ(Receive(40 * kMiB, absl::Hours(1)), State::kNormal);
  EXPECT_LT(use_.unexplained(), ConnectionUse::kMinStalledBytes);
}

TEST_F(ConnectionUseTest, CancelledRequestsAreForgivenWhileOthersArrive) {
  for (int i = 0; i < 100; ++i) {
    received_ += 4 * kMiB;
    for (int j = 0; j < 25; ++j) ASSERT_EQ(Call(100), State::kNormal) << i;
  }
}

TEST_F(ConnectionUseTest, CallsThatAreResetAtOnceAreAFlood) {
  for (int i = 0; i < ConnectionUse::kMaxResets; ++i) Reset(/*is_known=*/false);
  EXPECT_EQ(Update(), State::kNormal);
  Reset(/*is_known=*/false);
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, AnAuthenticatedCallerMayCancelAllItsCallsAtOnce) {
  for (int i = 0; i < ConnectionUse::kMaxOpenCalls; ++i) {
    Reset(/*is_known=*/true);
  }
  EXPECT_EQ(Update(), State::kNormal);
  Reset(/*is_known=*/true);
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, AResetCallExplainsNoBytes) {
  for (int i = 0; i < 100; ++i) {
    Reset(/*is_known=*/true);
    received_ += 2000;
  }
  Update();
  EXPECT_GT(use_.unexplained(), 100'000);
}

TEST_F(ConnectionUseTest, AFewResetsPerSecondAreNotAFlood) {
  for (int second = 0; second < 100; ++second) {
    for (int i = 0; i < ConnectionUse::kMaxResets / 2; ++i) {
      Reset(/*is_known=*/false);
    }
    for (int i = 0; i < 20; ++i) ASSERT_EQ(Update(), State::kNormal);
  }
}

TEST_F(ConnectionUseTest, CallsWhoseDeadlineHasPassedMayBeMany) {
  for (int i = 0; i < ConnectionUse::kMaxExpired; ++i) {
    Reset(/*is_known=*/true, /*has_expired=*/true);
  }
  EXPECT_EQ(Update(), State::kNormal);
  Reset(/*is_known=*/true, /*has_expired=*/true);
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, TooManyOpenCallsAreAFlood) {
  Call(100);
  open_calls_ = ConnectionUse::kMaxOpen;
  EXPECT_EQ(Update(), State::kNormal);
  EXPECT_EQ(Update(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, ManyWaitingUnauthenticatedCallsAreAFlood) {
  open_calls_ = ConnectionUse::kMaxWaiting;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Update(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Update(), State::kNormal);
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, ManyCallsThatAreSoonAuthenticatedAreNotAFlood) {
  open_calls_ = ConnectionUse::kMaxOpenCalls;
  EXPECT_EQ(Update(), State::kNormal);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Call(100), State::kNormal);
}

// The look-up of a key may take long.
TEST_F(ConnectionUseTest, ManyRunningUnauthenticatedCallsAreNotAFlood) {
  open_calls_ = ConnectionUse::kMaxOpenCalls;
  for (int i = 0; i < ConnectionUse::kMaxOpenCalls; ++i) use_.OnCallStarted();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Update(), State::kNormal);
}

TEST_F(ConnectionUseTest, WasAFloodIfItEndsWithManyBytesAndNoCall) {
  Receive(2 * ConnectionUse::kMinFloodBytesWithoutCalls,
          absl::Milliseconds(100));
  EXPECT_TRUE(use_.was_flood());
  use_.OnCallStarted();
  EXPECT_FALSE(use_.was_flood());
  Receive(2 * ConnectionUse::kMinFloodBytes, absl::Milliseconds(100));
  EXPECT_TRUE(use_.was_flood());
  use_.OnCallAuthenticated();
  Update();
  EXPECT_FALSE(use_.was_flood());
}

TEST_F(ConnectionUseTest, WasAFloodIfItEndsWithTooManyOpenCalls) {
  Call(100);
  open_calls_ = ConnectionUse::kMaxOpen + 1;
  Update();
  EXPECT_TRUE(use_.was_flood());
}

TEST_F(ConnectionUseTest, TooManyUnauthenticatedCallsAreAFlood) {
  for (int i = 0; i <= ConnectionUse::kMaxAnonymous; ++i) {
    use_.OnAnonymousCall();
  }
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, AuthenticatedCallsAreNotAFlood) {
  for (int i = 0; i < 10 * ConnectionUse::kMaxAnonymous; ++i) {
    use_.OnCallStarted();
    use_.OnCallAuthenticated();
  }
  EXPECT_EQ(Update(), State::kNormal);
}

TEST_F(ConnectionUseTest, AGatewayIsNotJudgedByTheCallsOfItsClients) {
  use_.OnGatewayCall();
  for (int i = 0; i <= ConnectionUse::kMaxAnonymous; ++i) {
    use_.OnAnonymousCall();
    Reset(/*is_known=*/false);
  }
  EXPECT_EQ(Update(), State::kNormal);
  EXPECT_EQ(Receive(200 * kMiB, absl::Seconds(2)), State::kNormal);
  EXPECT_EQ(Receive(0, 2 * ConnectionUse::kStallTimeout), State::kNormal);
  EXPECT_FALSE(use_.was_flood());
  open_calls_ = ConnectionUse::kMaxOpenOfGateway;
  EXPECT_EQ(Update(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Update(), State::kFlood);
}

TEST_F(ConnectionUseTest, HeadersThatNeverEndAreStalled) {
  open_calls_ = 1;
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, ConnectionUse::kStallTimeout - absl::Seconds(1)),
            State::kNormal);
  EXPECT_EQ(Receive(0, absl::Seconds(2)), State::kStalled);
}

TEST_F(ConnectionUseTest, ARunningCallIsNotStalled) {
  open_calls_ = 1;
  use_.OnCallStarted();
  use_.OnCallAuthenticated();
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, 2 * ConnectionUse::kStallTimeout), State::kNormal);
}

TEST_F(ConnectionUseTest, AnIdleConnectionIsNotStalled) {
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, absl::Hours(1)), State::kNormal);
}

}  // namespace
}  // namespace webhooks::server
