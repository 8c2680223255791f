#include "server/delivery/turns.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// Turns at a time that the test sets.
class TurnsTest : public ::testing::Test {
 protected:
  // An endpoint that may have as much in flight as its limits say, with a
  // stock, and of which no more is due.
  Endpoint Known(const std::string& project, const std::string& webhook,
                 int stock, const Turns::EndpointLimits& limits = {}) {
    Endpoint endpoint{project, webhook};
    turns_.Due(endpoint, now_, now_);
    Lease();
    for (int i = 0; i < 1000; ++i) End(endpoint);
    turns_.Leased(endpoint, stock, absl::InfiniteFuture(), limits, now_);
    return endpoint;
  }

  std::vector<std::string> Lease(int room = 1000, int reserve = 0) {
    std::vector<std::string> names;
    for (const LeaseWish& wish : turns_.ToLease(now_, room, reserve)) {
      names.push_back(wish.endpoint.webhook + std::to_string(wish.limit));
    }
    return names;
  }

  std::vector<std::string> Begin(int most = 1000) {
    std::vector<std::string> names;
    while (static_cast<int>(names.size()) < most) {
      const auto endpoint = turns_.ToBegin(now_);
      if (!endpoint) break;
      names.push_back(endpoint->webhook);
    }
    return names;
  }

  void End(const Endpoint& endpoint,
           Turns::Ending ending = Turns::Ending::kWell,
           absl::Duration pause = absl::ZeroDuration()) {
    turns_.Ended(endpoint, ending, pause, now_);
  }

  explicit TurnsTest(Turns::Limits limits = {.per_endpoint = 4})
      : turns_(limits) {}

  absl::Time now_ = kStart;
  Turns turns_;
};

TEST_F(TurnsTest, WhatIsDueIsToBeLeasedOnce) {
  turns_.Due({"p", "a"}, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  EXPECT_THAT(Lease(), IsEmpty());
}

TEST_F(TurnsTest, WhatIsDueLaterWaits) {
  turns_.Due({"p", "a"}, now_ + absl::Seconds(5), now_);
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_EQ(turns_.NextTime(), now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(TurnsTest, WhatBecomesDueDuringALeaseIsNotForgotten) {
  const Endpoint a{"p", "a"};
  turns_.Due(a, now_, now_);
  Lease();
  turns_.Due(a, now_, now_);
  turns_.Leased(a, 0, absl::InfiniteFuture(), {}, now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(TurnsTest, EachRequestThatEndsLetsOneMoreBegin) {
  const Endpoint a{"p", "a"};
  turns_.Due(a, now_, now_);
  for (const int leased : {1, 2, 3, 4}) {
    EXPECT_THAT(Lease(), ElementsAre("a" + std::to_string(leased == 1 ? 1 : 2)))
        << leased;
    turns_.Leased(a, leased == 1 ? 1 : 2, now_, {}, now_);
    EXPECT_EQ(Begin().size(), leased == 1 ? 1u : 2u);
    End(a);
  }
}

TEST_F(TurnsTest, NoMoreAreInFlightThanMayBe) {
  const Endpoint a = Known("p", "a", 8);
  EXPECT_THAT(Begin(), ElementsAre("a", "a", "a", "a"));
  End(a);
  EXPECT_THAT(Begin(), ElementsAre("a"));
}

TEST_F(TurnsTest, AWebhooksOwnLimitGoesBeforeTheServers) {
  Known("p", "a", 8, {.in_flight = 6});
  EXPECT_EQ(Begin().size(), 6u);
}

TEST_F(TurnsTest, AnOrderedOneHasOneInFlight) {
  Known("p", "a", 2, {.ordered = true});
  EXPECT_EQ(Begin().size(), 1u);
}

TEST_F(TurnsTest, EndpointsTakeTurns) {
  Known("p", "a", 3);
  Known("p", "b", 3);
  EXPECT_THAT(Begin(), ElementsAre("a", "b", "a", "b", "a", "b"));
}

TEST_F(TurnsTest, ProjectsTakeTurnsHoweverManyEndpointsTheyHave) {
  Known("p", "a", 2);
  Known("p", "b", 2);
  Known("p", "c", 2);
  Known("q", "z", 2);
  EXPECT_THAT(Begin(4), ElementsAre("a", "z", "b", "z"));
}

TEST_F(TurnsTest, LeasesTakeTurnsToo) {
  for (const char* webhook : {"a", "b", "c"}) {
    turns_.Due({"p", webhook}, now_, now_);
  }
  turns_.Due({"q", "z"}, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("a1", "z1", "b1", "c1"));
}

TEST_F(TurnsTest, NoMoreIsLeasedThanThereIsRoom) {
  const Endpoint a = Known("p", "a", 1);
  turns_.Due(a, now_, now_);
  turns_.Due({"p", "b"}, now_, now_);
  EXPECT_THAT(Lease(3), ElementsAre("b1", "a2"));
}

TEST_F(TurnsTest, TheStockIsFilledAgainWhenHalfIsLeft) {
  const Endpoint a = Known("p", "a", 36);
  turns_.Due(a, now_, now_);
  for (int i = 0; i < 19; ++i) {
    EXPECT_THAT(Lease(), IsEmpty()) << i;
    Begin(1);
    End(a);
  }
  Begin(1);
  EXPECT_THAT(Lease(), ElementsAre("a19"));
}

TEST_F(TurnsTest, ARateSpreadsRequestsOverTime) {
  const Endpoint a = Known("p", "a", 8, {.per_second = 2});
  EXPECT_EQ(Begin().size(), 1u);
  End(a);
  EXPECT_THAT(Begin(), IsEmpty());
  now_ = turns_.NextTime();
  EXPECT_LE(now_, kStart + absl::Milliseconds(500));
  EXPECT_EQ(Begin().size(), 1u);
}

TEST_F(TurnsTest, WhatWasHeldIsSentSlowly) {
  Turns slow(Turns::Limits{.per_endpoint = 100, .catch_up_per_second = 10});
  const Endpoint a{"p", "a"};
  slow.Due(a, now_, now_);
  slow.ToLease(now_, 100, 0);
  for (int i = 0; i < 1000; ++i) {
    slow.Ended(a, Turns::Ending::kWell, absl::ZeroDuration(), now_);
  }
  slow.Leased(a, 100, absl::InfiniteFuture(),
              Turns::EndpointLimits{.catches_up = true}, now_);
  int begun = 0;
  for (; now_ <= kStart + absl::Seconds(1); now_ += absl::Milliseconds(10)) {
    while (slow.ToBegin(now_)) ++begun;
  }
  EXPECT_GE(begun, 10);
  EXPECT_LE(begun, 12);
}

TEST_F(TurnsTest, AnOverloadedOneIsLeftAloneAndThenTriedWithOneRequest) {
  const Endpoint a = Known("p", "a", 8);
  Begin(1);
  End(a, Turns::Ending::kOverloaded);
  EXPECT_THAT(Begin(), IsEmpty());
  now_ += absl::Seconds(1);
  EXPECT_EQ(Begin().size(), 1u);
  End(a);
  EXPECT_EQ(Begin().size(), 2u);
}

TEST_F(TurnsTest, ThePauseDoublesUpToItsLimit) {
  const Endpoint a = Known("p", "a", 20);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    ASSERT_EQ(Begin(1).size(), 1u);
    End(a, Turns::Ending::kOverloaded);
    now_ += absl::Seconds(seconds) - absl::Milliseconds(1);
    EXPECT_THAT(Begin(), IsEmpty()) << seconds;
    now_ += absl::Milliseconds(1);
  }
}

TEST_F(TurnsTest, ThePauseIsAsLongAsTheReceiverAsks) {
  const Endpoint a = Known("p", "a", 8);
  Begin(1);
  End(a, Turns::Ending::kOverloaded, absl::Seconds(30));
  now_ += absl::Seconds(29);
  EXPECT_THAT(Begin(), IsEmpty());
  now_ += absl::Seconds(1);
  EXPECT_EQ(Begin().size(), 1u);
}

TEST_F(TurnsTest, AStockThatIsGivenUpIsDueAgain) {
  const Endpoint a = Known("p", "a", 8);
  turns_.DropStock(a, now_);
  EXPECT_THAT(Begin(), IsEmpty());
  EXPECT_THAT(Lease(), ElementsAre("a36"));
}

TEST_F(TurnsTest, WhatIsIdleIsForgotten) {
  const Endpoint a = Known("p", "a", 1);
  EXPECT_EQ(turns_.size(), 1u);
  Begin();
  End(a);
  EXPECT_EQ(turns_.size(), 0u);
}

TEST_F(TurnsTest, AnOverloadedOneIsRememberedForItsPause) {
  const Endpoint a = Known("p", "a", 1);
  Begin();
  End(a, Turns::Ending::kOverloaded);
  EXPECT_EQ(turns_.size(), 1u);
  now_ = turns_.NextTime();
  Lease();
  EXPECT_EQ(turns_.size(), 0u);
}

TEST_F(TurnsTest, TheReserveIsForThoseOfWhichNothingIsLeased) {
  Known("p", "a", 1);
  turns_.Due({"p", "a"}, now_, now_);
  turns_.Due({"q", "b"}, now_, now_);
  EXPECT_THAT(Lease(/*room=*/0, /*reserve=*/5), ElementsAre("b1"));
  EXPECT_THAT(Lease(/*room=*/100), ElementsAre("a35"));
}

TEST_F(TurnsTest, TheReserveEndsToo) {
  turns_.Due({"p", "a"}, now_, now_);
  turns_.Due({"p", "b"}, now_, now_);
  EXPECT_THAT(Lease(/*room=*/0, /*reserve=*/1), ElementsAre("a1"));
  EXPECT_THAT(Lease(/*room=*/0, /*reserve=*/0), IsEmpty());
  EXPECT_THAT(Lease(), ElementsAre("b1"));
}

// Turns in which a project has less than there is.
class TurnsOfProjects : public TurnsTest {
 protected:
  TurnsOfProjects()
      : TurnsTest(
            {.per_endpoint = 4, .per_project = 3, .leased_per_project = 6}) {}
};

TEST_F(TurnsOfProjects, NoProjectHasMoreInFlightThanItsShare) {
  const Endpoint a = Known("p", "a", 2);
  Known("p", "b", 2);
  Known("q", "z", 2);
  EXPECT_THAT(Begin(), ElementsAre("a", "z", "b", "z", "a"));
  End(a);
  EXPECT_THAT(Begin(), ElementsAre("b"));
}

TEST_F(TurnsOfProjects, NoProjectHasMoreLeasedThanItsShare) {
  Known("p", "a", 1);
  turns_.Due({"p", "a"}, now_, now_);
  turns_.Due({"p", "b"}, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("b1", "a4"));
  turns_.Due({"p", "c"}, now_, now_);
  turns_.Due({"q", "z"}, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("z1"));
  EXPECT_THAT(Lease(/*room=*/100, /*reserve=*/1), ElementsAre("c1"));
}

TEST_F(TurnsTest, WhatHasARateHasLittleInStock) {
  const Endpoint a = Known("p", "a", 1, {.per_second = 2});
  Begin();
  turns_.Due(a, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("a2"));
}

TEST_F(TurnsTest, LargeDeliveriesAreKeptInSmallNumbers) {
  const Endpoint a = Known("p", "a", 1);
  Begin();
  turns_.Due(a, now_, now_);
  EXPECT_THAT(Lease(), ElementsAre("a35"));
  turns_.Leased(a, 6, now_, {}, now_);
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_EQ(Begin().size(), 3u);
  EXPECT_THAT(Lease(), ElementsAre("a3"));
}

TEST_F(TurnsTest, OneThatIsResumedIsNotLeftAlone) {
  const Endpoint a = Known("p", "a", 4);
  Begin(1);
  End(a, Turns::Ending::kOverloaded, absl::Hours(24));
  EXPECT_THAT(Begin(), IsEmpty());
  turns_.Resume(a, now_);
  EXPECT_THAT(Begin(), ElementsAre("a"));
}

TEST_F(TurnsTest, WhatIsLeftAloneIsNotDueMeanwhile) {
  const Endpoint a = Known("p", "a", 4);
  const absl::Time due = now_ - absl::Hours(1);
  const auto stocked = [&](const Endpoint&) { return due; };
  EXPECT_EQ(turns_.OldestDue(stocked), due);
  Begin(1);
  End(a, Turns::Ending::kOverloaded, absl::Hours(24));
  EXPECT_EQ(turns_.OldestDue(stocked), now_ + absl::Hours(24));
}

TEST_F(TurnsTest, LimitsStayWhereALeaseFails) {
  const Endpoint a = Known("p", "a", 0, {.in_flight = 1});
  turns_.Due(a, now_, now_);
  Lease();
  turns_.Leased(a, 0, now_, std::nullopt, now_);
  Lease();
  turns_.Leased(a, 3, now_, std::nullopt, now_);
  EXPECT_EQ(Begin().size(), 1u);
}

TEST_F(TurnsTest, WhatWasHeldIsSentSlowlyThoughOtherThingsAreDueToo) {
  Turns slow({.per_endpoint = 4, .catch_up_per_second = 10});
  const Endpoint a{"p", "a"};
  slow.Due(a, now_, now_);
  slow.ToLease(now_, 100, 0);
  for (int i = 0; i < 10; ++i) slow.Ended(a, Turns::Ending::kWell, {}, now_);
  slow.Leased(a, 3, now_, Turns::EndpointLimits{.catches_up = true}, now_);
  slow.Leased(a, 1, absl::InfiniteFuture(), Turns::EndpointLimits{}, now_);
  EXPECT_TRUE(slow.ToBegin(now_));
  EXPECT_TRUE(slow.ToBegin(now_));
  EXPECT_FALSE(slow.ToBegin(now_));
}

}  // namespace
}  // namespace webhooks::server
