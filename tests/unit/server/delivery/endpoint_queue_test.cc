#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/server/delivery/endpoint_queue_fixture.h"

// Tests of turns, limits and rates.
namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(EndpointQueueTest, LeasesOnceForDueDeliveries) {
  SetDue({"p", "a"});
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  EXPECT_THAT(Lease(), IsEmpty());
}

TEST_F(EndpointQueueTest, DoesNotLeaseBeforeTheDueTime) {
  SetDue({"p", "a"}, absl::Seconds(5));
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, RemembersADueTimeNotedDuringALease) {
  SetDue({"p", "a"});
  Lease();
  SetDue({"p", "a"});
  Answer(requests_.at(0), 0);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, EachFinishedRequestAllowsOneMore) {
  SetDue({"p", "a"});
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  Answer(requests_.at(0), 1, 10, now_);
  EXPECT_THAT(StartAttempts(), SizeIs(1));
  for (int i = 0; i < 3; ++i) {
    FinishAttempt();
    EXPECT_THAT(Lease(), ElementsAre("a2"));
    Answer(requests_.at(0), 2, 10, now_);
    EXPECT_THAT(StartAttempts(), SizeIs(2));
  }
}

TEST_F(EndpointQueueTest, StartsNoMoreThanTheEndpointsLimit) {
  Prefetch("p", "a", 8);
  EXPECT_THAT(StartAttempts(), ElementsAre("a", "a", "a", "a"));
  FinishAttempt();
  EXPECT_THAT(StartAttempts(), ElementsAre("a"));
}

TEST_F(EndpointQueueTest, PrefersAWebhooksOwnLimit) {
  Prefetch("p", "a", 8, {.max_in_flight = 6});
  EXPECT_THAT(StartAttempts(), SizeIs(6));
}

TEST_F(EndpointQueueTest, StartsOneAtATimeForAnOrderedEndpoint) {
  Prefetch("p", "a", 2, {.ordered = true});
  EXPECT_THAT(StartAttempts(), SizeIs(1));
}

TEST_F(EndpointQueueTest, EndpointsTakeTurns) {
  Prefetch({{{"p", "a"}, 3}, {{"p", "b"}, 3}});
  EXPECT_THAT(StartAttempts(), ElementsAre("a", "b", "a", "b", "a", "b"));
}

TEST_F(EndpointQueueTest, ProjectsTakeTurnsWithAnyNumberOfEndpoints) {
  Prefetch(
      {{{"p", "a"}, 2}, {{"p", "b"}, 2}, {{"p", "c"}, 2}, {{"q", "z"}, 2}});
  EXPECT_THAT(StartAttempts(4), ElementsAre("a", "z", "b", "z"));
}

TEST_F(EndpointQueueTest, LeasesTakeTurnsToo) {
  for (const char* webhook : {"a", "b", "c"}) SetDue({"p", webhook});
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("a1", "z1", "b1", "c1"));
}

TEST_F(EndpointQueueTest, LeasesFirstForAnEndpointWithoutLeases) {
  const Endpoint a = Prefetch("p", "a", 1);
  SetDue(a);
  SetDue({"p", "b"});
  EXPECT_THAT(Lease(), ElementsAre("b1", "a35"));
}

TEST_F(EndpointQueueTest, EndpointsWithoutLeasesDoNotBlockOthers) {
  const Endpoint a = Prefetch("p", "a", 1);
  SetDue(a);
  for (int i = 0; i < 1000; ++i) SetDue({"p", "b" + std::to_string(i)});
  EXPECT_THAT(Lease(), ::testing::Contains("a35"));
}

TEST_F(EndpointQueueTest, PrefetchesAgainWhenHalfIsUsed) {
  const Endpoint a = Prefetch("p", "a", 36);
  SetDue(a);
  for (int i = 0; i < 19; ++i) {
    EXPECT_THAT(Lease(), IsEmpty()) << i;
    StartAttempts(1);
    FinishAttempt();
  }
  StartAttempts(1);
  EXPECT_THAT(Lease(), ElementsAre("a19"));
}

TEST_F(EndpointQueueTest, PrefetchesLittleForAnEndpointWithARate) {
  const Endpoint a = Prefetch("p", "a", 1, {.max_per_second = 2});
  StartAttempts();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a2"));
}

TEST_F(EndpointQueueTest, PrefetchesFewLargeEvents) {
  const Endpoint a = Prefetch("p", "a", 1);
  StartAttempts();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a35"));
  Answer(requests_.at(0), 4, 256 << 10, now_);
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_THAT(StartAttempts(2), SizeIs(2));
  EXPECT_THAT(Lease(), ElementsAre("a31"));
}

TEST_F(EndpointQueueTest, StartsNoMoreWithinASecondThanTheRate) {
  Prefetch("p", "a", 30, {.max_in_flight = 100, .max_per_second = 10});
  for (const int second : {1, 2}) {
    int begun = 0;
    for (; now_ < kStart + absl::Seconds(second);
         now_ += absl::Milliseconds(10)) {
      begun += static_cast<int>(StartAttempts().size());
    }
    EXPECT_EQ(begun, 10);
  }
}

TEST_F(EndpointQueueTest, LimitsTheRateOfHeldDeliveries) {
  Prefetch("p", "a", 30, {.max_in_flight = 100, .catches_up = true});
  int begun = 0;
  for (; now_ < kStart + absl::Seconds(1); now_ += absl::Milliseconds(10)) {
    begun += static_cast<int>(StartAttempts().size());
  }
  EXPECT_EQ(begun, 20);
}

TEST_F(EndpointQueueTest, LimitsTheRateWhileHeldDeliveriesAreAmongOthers) {
  const Endpoint a =
      Prefetch("p", "a", 3, {.max_in_flight = 8, .catches_up = true});
  SetDue(a);
  Lease();
  Answer(requests_.at(0), 10, 10, absl::InfiniteFuture(),
         Settings{.max_in_flight = 8});
  EXPECT_THAT(StartAttempts(), SizeIs(3));
}

TEST_F(EndpointQueueTest, RemovesAnIdleEndpoint) {
  Prefetch("p", "a", 1);
  EXPECT_EQ(queue_.size(), 1u);
  StartAttempts();
  FinishAttempt();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, KeepsAnEndpointWithARateForASecond) {
  Prefetch("p", "a", 1, {.max_per_second = 2});
  StartAttempts();
  FinishAttempt();
  now_ += absl::Milliseconds(999);
  Lease();
  EXPECT_EQ(queue_.size(), 1u);
  now_ += absl::Milliseconds(1);
  Lease();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, KeepsTheSettingsIfALeaseFails) {
  const Endpoint a = Prefetch("p", "a", 0, {.max_in_flight = 1});
  for (const int count : {0, 3}) {
    SetDue(a);
    Lease();
    Answer(requests_.at(0), count);
  }
  EXPECT_THAT(StartAttempts(), SizeIs(1));
}

TEST_F(EndpointQueueTest, AJumpOfTheWallClockMakesDeliveriesDueEarlier) {
  SetDue({"p", "a"}, absl::Hours(2));
  queue_.AdvanceDue(absl::Hours(1), now_);
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Hours(1));
  queue_.AdvanceDue(absl::Hours(1), now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

}  // namespace
}  // namespace webhooks::server
