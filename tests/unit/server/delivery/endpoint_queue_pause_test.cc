#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/server/delivery/endpoint_queue_fixture.h"

// Tests of pauses and of dropped attempts.
namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(EndpointQueueTest, PausesAnOverloadedEndpointAndTriesItWithOneRequest) {
  const Endpoint a = Prefetch("p", "a", 8);
  StartAttempts(1);
  FinishAttempt(Outcome::kOverloaded);
  SetDue(a);
  EXPECT_THAT(Lease(), IsEmpty());
  now_ += absl::Seconds(1);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  Answer(requests_.at(0), 1, 10, now_);
  StartAttempts(1);
  FinishAttempt();
  EXPECT_THAT(Lease(), ElementsAre("a2"));
}

TEST_F(EndpointQueueTest, DoublesThePauseUpToItsLimit) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1));
    Answer(requests_.at(0), 1);
    ASSERT_THAT(StartAttempts(), SizeIs(1));
    FinishAttempt(Outcome::kOverloaded);
    SetDue(a);
    EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(seconds));
    now_ += absl::Seconds(seconds);
    EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  }
}

TEST_F(EndpointQueueTest, RequestsInFlightTogetherPauseItOnce) {
  const Endpoint a = Prefetch("p", "a", 2);
  StartAttempts();
  FinishAttempt(Outcome::kOverloaded);
  FinishAttempt(Outcome::kOverloaded);
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(1));
}

TEST_F(EndpointQueueTest, ASuccessMakesTheNextPauseShortAgain) {
  const Endpoint a = Prefetch("p", "a", 1);
  for (const Outcome outcome :
       {Outcome::kOverloaded, Outcome::kDelivered, Outcome::kOverloaded}) {
    StartAttempts();
    FinishAttempt(outcome);
    now_ += absl::Seconds(1);
    SetDue(a);
    Lease();
    Answer(requests_.at(0), 1);
  }
  StartAttempts();
  now_ += absl::Seconds(60);
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  FinishAttempt(Outcome::kOverloaded);
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(2));
}

TEST_F(EndpointQueueTest, PausesForTheTimeThatTheReceiverAsksFor) {
  const Endpoint a = Prefetch("p", "a", 8);
  StartAttempts(1);
  FinishAttempt(Outcome::kOverloaded, absl::Seconds(30));
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(30));
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Seconds(30));
}

TEST_F(EndpointQueueTest, DropsThePrefetchedAttemptsOfAnOverloadedEndpoint) {
  Prefetch("p", "a", 8);
  StartAttempts(2);
  FinishAttempt(Outcome::kOverloaded);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(6));
  EXPECT_THAT(queue_.TakeDropped(), IsEmpty());
  EXPECT_EQ(queue_.leased(), 1);
}

TEST_F(EndpointQueueTest, DropsAttemptsThatAreLeasedDuringAPause) {
  const Endpoint a = Prefetch("p", "a", 1);
  StartAttempts(1);
  SetDue(a);
  Lease();
  FinishAttempt(Outcome::kOverloaded, absl::Seconds(30));
  Answer(requests_.at(0), 5);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(5));
  EXPECT_EQ(queue_.leased(), 0);
  now_ += absl::Seconds(30);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, AResumedEndpointIsNotPaused) {
  const Endpoint a = Prefetch("p", "a", 4);
  StartAttempts(1);
  FinishAttempt(Outcome::kOverloaded, absl::Hours(24));
  EXPECT_THAT(Lease(), IsEmpty());
  queue_.Resume(a, now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, ALateOutcomeDoesNotPauseAResumedEndpoint) {
  const Endpoint a = Prefetch("p", "a", 4);
  StartAttempts(2);
  queue_.Resume(a, now_);
  FinishAttempt(Outcome::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  EXPECT_THAT(queue_.TakeDropped(), IsEmpty());
  EXPECT_EQ(queue_.in_flight(), 1);
  EXPECT_EQ(queue_.leased(), 3);
}

TEST_F(EndpointQueueTest, ALateOutcomeDoesNotPauseAChangedEndpoint) {
  const Endpoint a = Prefetch("p", "a", 4);
  StartAttempts(2);
  queue_.DropChanged(a, now_);
  FinishAttempt(Outcome::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  EXPECT_THAT(Lease(), ElementsAre("a35"));
  EXPECT_EQ(queue_.in_flight(), 1);
}

TEST_F(EndpointQueueTest, ALaterRequestCanPauseAResumedEndpoint) {
  const Endpoint a = Prefetch("p", "a", 4);
  queue_.Resume(a, now_);
  StartAttempts(1);
  FinishAttempt(Outcome::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), now_ + absl::Hours(24));
}

TEST_F(EndpointQueueTest, ADroppedAttemptIsDueAgain) {
  const Endpoint a = Prefetch("p", "a", 8);
  queue_.DropChanged(a, now_);
  EXPECT_THAT(StartAttempts(), IsEmpty());
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(8));
  EXPECT_THAT(Lease(), ElementsAre("a36"));
}

TEST_F(EndpointQueueTest, DropsThePrefetchedAttemptsOfAProject) {
  Prefetch({{{"p", "a"}, 2}, {{"p", "b"}, 1}, {{"q", "z"}, 1}});
  queue_.DropPrefetched("p", now_);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(3));
  EXPECT_THAT(StartAttempts(), ElementsAre("z"));
  EXPECT_THAT(Lease(), SizeIs(2));
}

TEST_F(EndpointQueueTest, LeasesAgainIfALeaseIsAboutToExpire) {
  Prefetch("p", "a", 2);
  now_ += absl::Seconds(31);
  EXPECT_THAT(StartAttempts(), IsEmpty());
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(2));
  EXPECT_THAT(Lease(), ElementsAre("a36"));
}

TEST_F(EndpointQueueTest, RemembersAnOverloadedEndpointForItsPause) {
  Prefetch("p", "a", 1);
  StartAttempts();
  FinishAttempt(Outcome::kOverloaded);
  EXPECT_EQ(queue_.size(), 1u);
  now_ = queue_.NextTime();
  Lease();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, APausedDeliveryIsDueAtTheEndOfThePause) {
  const Endpoint a = Prefetch("p", "a", 4);
  now_ += absl::Seconds(7);
  EXPECT_EQ(queue_.OldestDue(), kStart);
  StartAttempts(1);
  FinishAttempt(Outcome::kOverloaded, absl::Hours(24));
  EXPECT_EQ(queue_.OldestDue(), now_ + absl::Hours(24));
}

TEST_F(EndpointQueueTest, AJumpOfTheWallClockDoesNotEndAPause) {
  const Endpoint a = Prefetch("p", "a", 1);
  StartAttempts();
  FinishAttempt(Outcome::kOverloaded, absl::Hours(1));
  SetDue(a);
  queue_.AdvanceDue(absl::Hours(2), now_);
  EXPECT_THAT(Lease(), IsEmpty());
}

}  // namespace
}  // namespace webhooks::server
