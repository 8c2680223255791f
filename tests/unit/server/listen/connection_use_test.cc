#include "server/listen/connection_use.h"

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using State = ConnectionUse::State;

constexpr std::int64_t kMiB = 1 << 20;

// A connection that is looked at twenty times a second.
class ConnectionUseTest : public ::testing::Test {
 protected:
  // Receives `bytes` evenly within `within`, and is told of no calls.
  State Receive(std::int64_t bytes, absl::Duration within) {
    const int looks = static_cast<int>(within / absl::Milliseconds(50));
    State state = State::kNormal;
    for (int i = 0; i < looks && state == State::kNormal; ++i) {
      received_ += bytes / looks;
      state = Look();
    }
    return state;
  }

  void SetUp() override { Look(); }

  State Look() {
    now_ += absl::Milliseconds(50);
    return use_.Classify(received_, open_calls_, now_);
  }

  // A call of a known sender, with its message.
  State Call(std::int64_t bytes) {
    use_.CallBegins();
    received_ += bytes + 300;
    use_.CallIsKnown();
    use_.MessageIsRead(bytes);
    use_.CallEnds();
    return Look();
  }

  // A call that is cancelled as soon as it has begun.
  void Reset(bool is_known, bool has_expired = false) {
    use_.CallBegins();
    if (is_known) use_.CallIsKnown();
    use_.CallIsReset(is_known, has_expired);
    use_.CallEnds();
  }

  ConnectionUse use_;
  std::int64_t received_ = 0;
  std::int64_t open_calls_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(ConnectionUseTest, CallsExplainWhatIsReceived) {
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(Call(4 * kMiB), State::kNormal);
  EXPECT_EQ(use_.unexplained(), 0);
}

TEST_F(ConnectionUseTest, LargeRequestsMayBeOnTheirWayTogether) {
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(5)), State::kNormal);
  Call(100);
  EXPECT_EQ(Receive(25 * kMiB, absl::Seconds(5)), State::kNormal);
}

TEST_F(ConnectionUseTest, WhatNoCallExplainsIsAFlood) {
  EXPECT_EQ(Receive(50 * kMiB, absl::Seconds(2)), State::kFlood);
  EXPECT_LE(use_.unexplained(), ConnectionUse::kMostOfUnknown + 2 * kMiB);
}

TEST_F(ConnectionUseTest, IsSuspiciousForAMomentEachTimeThatMoreIsUnexplained) {
  Receive(ConnectionUse::kFirstSuspicion * 3 / 2, absl::Milliseconds(50));
  EXPECT_TRUE(use_.is_suspicious());
  Receive(0, absl::Milliseconds(200));
  EXPECT_FALSE(use_.is_suspicious());
  Receive(ConnectionUse::kFirstSuspicion, absl::Milliseconds(50));
  EXPECT_FALSE(use_.is_suspicious());
  Receive(ConnectionUse::kFirstSuspicion, absl::Milliseconds(50));
  EXPECT_TRUE(use_.is_suspicious());
}

TEST_F(ConnectionUseTest, OfAKnownSenderIsNotSuspicious) {
  Call(100);
  Receive(2 * kMiB, absl::Milliseconds(50));
  EXPECT_FALSE(use_.is_suspicious());
}

TEST_F(ConnectionUseTest, CallsThatEndWellAreNotSuspicious) {
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

TEST_F(ConnectionUseTest, PingsOfAnIdleClientAreNone) {
  EXPECT_EQ(Receive(40 * kMiB, absl::Hours(1)), State::kNormal);
  EXPECT_LT(use_.unexplained(), ConnectionUse::kLeastStalled);
}

TEST_F(ConnectionUseTest, RequestsThatWereGivenUpAreForgivenWhileOthersCome) {
  for (int i = 0; i < 100; ++i) {
    received_ += 4 * kMiB;
    for (int j = 0; j < 25; ++j) ASSERT_EQ(Call(100), State::kNormal) << i;
  }
}

TEST_F(ConnectionUseTest, CallsThatAreResetAtOnceAreAFlood) {
  for (int i = 0; i < ConnectionUse::kMostResets; ++i)
    Reset(/*is_known=*/false);
  EXPECT_EQ(Look(), State::kNormal);
  Reset(/*is_known=*/false);
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, AKnownSenderMayCancelAllItsCallsAtOnce) {
  for (int i = 0; i < ConnectionUse::kMaxOpenCalls; ++i) {
    Reset(/*is_known=*/true);
  }
  EXPECT_EQ(Look(), State::kNormal);
  Reset(/*is_known=*/true);
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, ACallThatIsResetExplainsNothing) {
  for (int i = 0; i < 100; ++i) {
    Reset(/*is_known=*/true);
    received_ += 2000;
  }
  Look();
  EXPECT_GT(use_.unexplained(), 100'000);
}

TEST_F(ConnectionUseTest, FewResetsASecondAreNone) {
  for (int second = 0; second < 100; ++second) {
    for (int i = 0; i < ConnectionUse::kMostResets / 2; ++i) {
      Reset(/*is_known=*/false);
    }
    for (int i = 0; i < 20; ++i) ASSERT_EQ(Look(), State::kNormal);
  }
}

TEST_F(ConnectionUseTest, CallsWhoseDeadlineHasPassedMayBeMany) {
  for (int i = 0; i < ConnectionUse::kMostExpired; ++i) {
    Reset(/*is_known=*/true, /*has_expired=*/true);
  }
  EXPECT_EQ(Look(), State::kNormal);
  Reset(/*is_known=*/true, /*has_expired=*/true);
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, MoreOpenCallsThanMayBeWereResetBeforeTheyRan) {
  Call(100);
  open_calls_ = ConnectionUse::kMostOpen;
  EXPECT_EQ(Look(), State::kNormal);
  EXPECT_EQ(Look(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, ManyCallsThatWaitWithoutAKnownSenderAreAFlood) {
  open_calls_ = ConnectionUse::kMostWaiting;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Look(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Look(), State::kNormal);
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, ManyCallsOfASenderThatIsSoonKnownAreNone) {
  open_calls_ = ConnectionUse::kMaxOpenCalls;
  EXPECT_EQ(Look(), State::kNormal);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Call(100), State::kNormal);
}

// A look-up of its key may take long.
TEST_F(ConnectionUseTest, ManyCallsThatRunAreNoneThoughTheirSenderIsNotKnown) {
  open_calls_ = ConnectionUse::kMaxOpenCalls;
  for (int i = 0; i < ConnectionUse::kMaxOpenCalls; ++i) use_.CallBegins();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Look(), State::kNormal);
}

TEST_F(ConnectionUseTest, WasAFloodIfItEndsWithMuchAndNoCall) {
  Receive(2 * ConnectionUse::kLeastWithoutCalls, absl::Milliseconds(100));
  EXPECT_TRUE(use_.was_flood());
  use_.CallBegins();
  EXPECT_FALSE(use_.was_flood());
  Receive(2 * ConnectionUse::kLeastOfFlood, absl::Milliseconds(100));
  EXPECT_TRUE(use_.was_flood());
  use_.CallIsKnown();
  Look();
  EXPECT_FALSE(use_.was_flood());
}

TEST_F(ConnectionUseTest, WasAFloodIfItEndsWithTooManyOpenCalls) {
  Call(100);
  open_calls_ = ConnectionUse::kMostOpen + 1;
  Look();
  EXPECT_TRUE(use_.was_flood());
}

TEST_F(ConnectionUseTest, CallsOfUnknownSendersAreAFlood) {
  for (int i = 0; i <= ConnectionUse::kMostAnonymous; ++i) {
    use_.CallIsAnonymous();
  }
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, CallsOfKnownSendersAreNone) {
  for (int i = 0; i < 10 * ConnectionUse::kMostAnonymous; ++i) {
    use_.CallBegins();
    use_.CallIsKnown();
  }
  EXPECT_EQ(Look(), State::kNormal);
}

TEST_F(ConnectionUseTest, AGatewayIsNotJudgedByWhatItsClientsDo) {
  use_.CarriesMany();
  for (int i = 0; i <= ConnectionUse::kMostAnonymous; ++i) {
    use_.CallIsAnonymous();
    Reset(/*is_known=*/false);
  }
  EXPECT_EQ(Look(), State::kNormal);
  EXPECT_EQ(Receive(200 * kMiB, absl::Seconds(2)), State::kNormal);
  EXPECT_EQ(Receive(0, 2 * ConnectionUse::kMaxStall), State::kNormal);
  EXPECT_FALSE(use_.was_flood());
  open_calls_ = ConnectionUse::kMostOpenOfMany;
  EXPECT_EQ(Look(), State::kNormal);
  ++open_calls_;
  EXPECT_EQ(Look(), State::kFlood);
}

TEST_F(ConnectionUseTest, HeadersWhoseEndNeverComesAreStalled) {
  open_calls_ = 1;
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, ConnectionUse::kMaxStall - absl::Seconds(1)),
            State::kNormal);
  EXPECT_EQ(Receive(0, absl::Seconds(2)), State::kStalled);
}

TEST_F(ConnectionUseTest, ACallThatRunsIsNotStalled) {
  open_calls_ = 1;
  use_.CallBegins();
  use_.CallIsKnown();
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, 2 * ConnectionUse::kMaxStall), State::kNormal);
}

TEST_F(ConnectionUseTest, AnIdleConnectionIsNotStalled) {
  EXPECT_EQ(Receive(3 * kMiB, absl::Seconds(1)), State::kNormal);
  EXPECT_EQ(Receive(0, absl::Hours(1)), State::kNormal);
}

}  // namespace
}  // namespace webhooks::server
