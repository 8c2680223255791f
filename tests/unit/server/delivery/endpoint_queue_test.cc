#include "server/delivery/endpoint_queue.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Ending = EndpointPace::Ending;
using Settings = EndpointPace::Settings;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// A queue at a time that the test sets. An endpoint may have 4 in flight.
class EndpointQueueTest : public ::testing::Test {
 protected:
  using Attempt = std::shared_ptr<LeasedAttempt>;

  explicit EndpointQueueTest(EndpointQueue::Limits limits = Limits())
      : queue_(limits, pauses_) {}

  static EndpointQueue::Limits Limits() {
    EndpointQueue::Limits limits;
    limits.endpoint.max_in_flight = 4;
    return limits;
  }

  void SetDue(const Endpoint& endpoint,
              absl::Duration in = absl::ZeroDuration()) {
    queue_.SetDue(endpoint, now_ + in, now_);
  }

  // Answers a request with `count` deliveries of `bytes` each; more are due if
  // `next_due` says so.
  void Answer(const LeaseRequest& request, int count, std::int64_t bytes = 10,
              absl::Time next_due = absl::InfiniteFuture(),
              std::optional<Settings> settings = std::nullopt) {
    EndpointQueue::Leased leased;
    leased.next_due = next_due;
    leased.settings = settings;
    for (int i = 0; i < count; ++i) {
      auto attempt = std::make_shared<LeasedAttempt>();
      attempt->result.endpoint = request.endpoint;
      attempt->result.lease = {"delivery", ++lease_};
      attempt->bytes = bytes;
      attempt->due = now_;
      attempt->leased_until = now_ + absl::Minutes(2);
      leased.attempts.push_back(std::move(attempt));
    }
    queue_.AddLeased(request, std::move(leased), now_);
  }

  // The endpoints to lease for, each with the number.
  std::vector<std::string> Lease() {
    requests_ = queue_.TakeLeaseRequests(now_);
    std::vector<std::string> names;
    for (const LeaseRequest& request : requests_) {
      names.push_back(request.endpoint.webhook + std::to_string(request.limit));
    }
    return names;
  }

  // Begins at most so many attempts; their endpoints.
  std::vector<std::string> Begin(int most = 1000) {
    std::vector<std::string> names;
    while (static_cast<int>(names.size()) < most) {
      Attempt attempt = queue_.TakeNext(now_);
      if (attempt == nullptr) break;
      names.push_back(attempt->result.endpoint.webhook);
      begun_.push_back(std::move(attempt));
    }
    return names;
  }

  // Ends the attempt that began first.
  void End(Ending ending = Ending::kDelivered,
           absl::Duration retry_after = absl::ZeroDuration()) {
    const Attempt attempt = begun_.front();
    begun_.erase(begun_.begin());
    attempt->ending = ending;
    attempt->retry_after = retry_after;
    queue_.EndAttempt(*attempt, now_);
    queue_.Release(*attempt);
  }

  // An endpoint that may have as much in flight and prefetched as its settings
  // say, with so much prefetched, and nothing else due.
  struct Prefetched {
    Endpoint endpoint;
    int count = 0;
    Settings settings = {};
  };

  void Prefetch(const std::vector<Prefetched>& all) {
    for (const Prefetched& one : all) Grow(one.endpoint);
    for (const Prefetched& one : all) {
      SetDue(one.endpoint);
      Answer(queue_.TakeLeaseRequests(now_).at(0), one.count, 10,
             absl::InfiniteFuture(), one.settings);
    }
  }

  Endpoint Prefetch(const std::string& project, const std::string& webhook,
                    int count, const Settings& settings = {}) {
    Prefetch({{{project, webhook}, count, settings}});
    return {project, webhook};
  }

  // Ends so many requests that the endpoint may have all that it ever may.
  void Grow(const Endpoint& endpoint) {
    for (int i = 0; i < 60; ++i) {
      SetDue(endpoint);
      Answer(queue_.TakeLeaseRequests(now_).at(0), 1, 10,
             now_ + absl::Hours(1));
      Begin();
      End();
    }
  }

  absl::Time PausedUntil(const Endpoint& endpoint) const {
    return pauses_.Until(endpoint.webhook, now_);
  }

  absl::Time now_ = kStart;
  EndpointPauses pauses_;
  EndpointQueue queue_;
  std::vector<LeaseRequest> requests_;
  std::vector<Attempt> begun_;
  int lease_ = 0;
};

TEST_F(EndpointQueueTest, LeasesOnceForWhatIsDue) {
  SetDue({"p", "a"});
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  EXPECT_THAT(Lease(), IsEmpty());
}

TEST_F(EndpointQueueTest, LeavesWhatIsDueLaterUntilThen) {
  SetDue({"p", "a"}, absl::Seconds(5));
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, DoesNotForgetWhatBecomesDueDuringALease) {
  SetDue({"p", "a"});
  Lease();
  SetDue({"p", "a"});
  Answer(requests_.at(0), 0);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, EachRequestThatEndsLetsOneMoreBegin) {
  SetDue({"p", "a"});
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  Answer(requests_.at(0), 1, 10, now_);
  EXPECT_THAT(Begin(), SizeIs(1));
  for (int i = 0; i < 3; ++i) {
    End();
    EXPECT_THAT(Lease(), ElementsAre("a2"));
    Answer(requests_.at(0), 2, 10, now_);
    EXPECT_THAT(Begin(), SizeIs(2));
  }
}

TEST_F(EndpointQueueTest, BeginsNoMoreThanTheEndpointMayHaveInFlight) {
  Prefetch("p", "a", 8);
  EXPECT_THAT(Begin(), ElementsAre("a", "a", "a", "a"));
  End();
  EXPECT_THAT(Begin(), ElementsAre("a"));
}

TEST_F(EndpointQueueTest, PrefersAWebhooksOwnLimit) {
  Prefetch("p", "a", 8, {.max_in_flight = 6});
  EXPECT_THAT(Begin(), SizeIs(6));
}

TEST_F(EndpointQueueTest, BeginsOneAtATimeOfAnOrderedEndpoint) {
  Prefetch("p", "a", 2, {.ordered = true});
  EXPECT_THAT(Begin(), SizeIs(1));
}

TEST_F(EndpointQueueTest, EndpointsTakeTurns) {
  Prefetch({{{"p", "a"}, 3}, {{"p", "b"}, 3}});
  EXPECT_THAT(Begin(), ElementsAre("a", "b", "a", "b", "a", "b"));
}

TEST_F(EndpointQueueTest, ProjectsTakeTurnsHoweverManyEndpointsTheyHave) {
  Prefetch(
      {{{"p", "a"}, 2}, {{"p", "b"}, 2}, {{"p", "c"}, 2}, {{"q", "z"}, 2}});
  EXPECT_THAT(Begin(4), ElementsAre("a", "z", "b", "z"));
}

TEST_F(EndpointQueueTest, LeasesTakeTurnsToo) {
  for (const char* webhook : {"a", "b", "c"}) SetDue({"p", webhook});
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("a1", "z1", "b1", "c1"));
}

TEST_F(EndpointQueueTest, LeasesFirstForAnEndpointThatHasNothing) {
  const Endpoint a = Prefetch("p", "a", 1);
  SetDue(a);
  SetDue({"p", "b"});
  EXPECT_THAT(Lease(), ElementsAre("b1", "a35"));
}

TEST_F(EndpointQueueTest, EndpointsThatHaveNothingDoNotKeepOthersWaiting) {
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
    Begin(1);
    End();
  }
  Begin(1);
  EXPECT_THAT(Lease(), ElementsAre("a19"));
}

TEST_F(EndpointQueueTest, PrefetchesLittleForAnEndpointWithARate) {
  const Endpoint a = Prefetch("p", "a", 1, {.max_per_second = 2});
  Begin();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a2"));
}

TEST_F(EndpointQueueTest, PrefetchesFewLargeEvents) {
  const Endpoint a = Prefetch("p", "a", 1);
  Begin();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a35"));
  Answer(requests_.at(0), 4, 256 << 10, now_);
  EXPECT_THAT(Lease(), IsEmpty());
  EXPECT_THAT(Begin(2), SizeIs(2));
  EXPECT_THAT(Lease(), ElementsAre("a31"));
}

TEST_F(EndpointQueueTest, BeginsNoMoreWithinASecondThanTheRateSays) {
  Prefetch("p", "a", 30, {.max_in_flight = 100, .max_per_second = 10});
  for (const int second : {1, 2}) {
    int begun = 0;
    for (; now_ < kStart + absl::Seconds(second);
         now_ += absl::Milliseconds(10)) {
      begun += static_cast<int>(Begin().size());
    }
    EXPECT_EQ(begun, 10);
  }
}

TEST_F(EndpointQueueTest, SendsWhatWasHeldSlowly) {
  Prefetch("p", "a", 30, {.max_in_flight = 100, .catches_up = true});
  int begun = 0;
  for (; now_ < kStart + absl::Seconds(1); now_ += absl::Milliseconds(10)) {
    begun += static_cast<int>(Begin().size());
  }
  EXPECT_EQ(begun, 20);
}

TEST_F(EndpointQueueTest, SendsWhatWasHeldSlowlyThoughOtherThingsAreDueToo) {
  const Endpoint a =
      Prefetch("p", "a", 3, {.max_in_flight = 8, .catches_up = true});
  SetDue(a);
  Lease();
  Answer(requests_.at(0), 10, 10, absl::InfiniteFuture(),
         Settings{.max_in_flight = 8});
  EXPECT_THAT(Begin(), SizeIs(3));
}

TEST_F(EndpointQueueTest, PausesAnOverloadedEndpointAndTriesItWithOneRequest) {
  const Endpoint a = Prefetch("p", "a", 8);
  Begin(1);
  End(Ending::kOverloaded);
  SetDue(a);
  EXPECT_THAT(Lease(), IsEmpty());
  now_ += absl::Seconds(1);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
  Answer(requests_.at(0), 1, 10, now_);
  Begin(1);
  End();
  EXPECT_THAT(Lease(), ElementsAre("a2"));
}

TEST_F(EndpointQueueTest, DoublesThePauseUpToItsLimit) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1));
    Answer(requests_.at(0), 1);
    ASSERT_THAT(Begin(), SizeIs(1));
    End(Ending::kOverloaded);
    SetDue(a);
    EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(seconds));
    now_ += absl::Seconds(seconds);
    EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  }
}

TEST_F(EndpointQueueTest, RequestsThatWereInFlightTogetherPauseItOnce) {
  const Endpoint a = Prefetch("p", "a", 2);
  Begin();
  End(Ending::kOverloaded);
  End(Ending::kOverloaded);
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(1));
}

TEST_F(EndpointQueueTest, ASuccessMakesTheNextPauseShortAgain) {
  const Endpoint a = Prefetch("p", "a", 1);
  for (const Ending ending :
       {Ending::kOverloaded, Ending::kDelivered, Ending::kOverloaded}) {
    Begin();
    End(ending);
    now_ += absl::Seconds(1);
    SetDue(a);
    Lease();
    Answer(requests_.at(0), 1);
  }
  Begin();
  now_ += absl::Seconds(60);
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  End(Ending::kOverloaded);
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(2));
}

TEST_F(EndpointQueueTest, PausesForAsLongAsTheReceiverAsks) {
  const Endpoint a = Prefetch("p", "a", 8);
  Begin(1);
  End(Ending::kOverloaded, absl::Seconds(30));
  EXPECT_EQ(PausedUntil(a), now_ + absl::Seconds(30));
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Seconds(30));
}

TEST_F(EndpointQueueTest, GivesBackWhatIsPrefetchedForAnOverloadedEndpoint) {
  Prefetch("p", "a", 8);
  Begin(2);
  End(Ending::kOverloaded);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(6));
  EXPECT_THAT(queue_.TakeDropped(), IsEmpty());
  EXPECT_EQ(queue_.leased(), 1);
}

TEST_F(EndpointQueueTest, GivesBackWhatIsLeasedWhileItsEndpointIsPaused) {
  const Endpoint a = Prefetch("p", "a", 1);
  Begin(1);
  SetDue(a);
  Lease();
  End(Ending::kOverloaded, absl::Seconds(30));
  Answer(requests_.at(0), 5);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(5));
  EXPECT_EQ(queue_.leased(), 0);
  now_ += absl::Seconds(30);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, AnEndpointThatIsResumedIsNotPaused) {
  const Endpoint a = Prefetch("p", "a", 4);
  Begin(1);
  End(Ending::kOverloaded, absl::Hours(24));
  EXPECT_THAT(Lease(), IsEmpty());
  queue_.Resume(a, now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, ALateAnswerDoesNotPauseAnEndpointThatIsResumed) {
  const Endpoint a = Prefetch("p", "a", 4);
  Begin(2);
  queue_.Resume(a, now_);
  End(Ending::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  EXPECT_THAT(queue_.TakeDropped(), IsEmpty());
  EXPECT_EQ(queue_.in_flight(), 1);
  EXPECT_EQ(queue_.leased(), 3);
}

TEST_F(EndpointQueueTest, ALateAnswerDoesNotPauseAnEndpointThatHasChanged) {
  const Endpoint a = Prefetch("p", "a", 4);
  Begin(2);
  queue_.DropChanged(a, now_);
  End(Ending::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), absl::InfinitePast());
  EXPECT_THAT(Lease(), ElementsAre("a35"));
  EXPECT_EQ(queue_.in_flight(), 1);
}

TEST_F(EndpointQueueTest, AnAnswerToARequestBegunSincePausesAResumedEndpoint) {
  const Endpoint a = Prefetch("p", "a", 4);
  queue_.Resume(a, now_);
  Begin(1);
  End(Ending::kOverloaded, absl::Hours(24));
  EXPECT_EQ(PausedUntil(a), now_ + absl::Hours(24));
}

TEST_F(EndpointQueueTest, WhatIsDroppedIsDueAgain) {
  const Endpoint a = Prefetch("p", "a", 8);
  queue_.DropChanged(a, now_);
  EXPECT_THAT(Begin(), IsEmpty());
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(8));
  EXPECT_THAT(Lease(), ElementsAre("a36"));
}

TEST_F(EndpointQueueTest, DropsWhatAProjectHas) {
  Prefetch({{{"p", "a"}, 2}, {{"p", "b"}, 1}, {{"q", "z"}, 1}});
  queue_.DropPrefetched("p", now_);
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(3));
  EXPECT_THAT(Begin(), ElementsAre("z"));
  EXPECT_THAT(Lease(), SizeIs(2));
}

TEST_F(EndpointQueueTest, LeasesAnewWhatHasBeenPrefetchedForLong) {
  Prefetch("p", "a", 2);
  now_ += absl::Seconds(31);
  EXPECT_THAT(Begin(), IsEmpty());
  EXPECT_THAT(queue_.TakeDropped(), SizeIs(2));
  EXPECT_THAT(Lease(), ElementsAre("a36"));
}

TEST_F(EndpointQueueTest, ForgetsWhatIsIdle) {
  Prefetch("p", "a", 1);
  EXPECT_EQ(queue_.size(), 1u);
  Begin();
  End();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, RemembersAnOverloadedEndpointForItsPause) {
  Prefetch("p", "a", 1);
  Begin();
  End(Ending::kOverloaded);
  EXPECT_EQ(queue_.size(), 1u);
  now_ = queue_.NextTime();
  Lease();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, RemembersForASecondWhatARateHasLetBegin) {
  Prefetch("p", "a", 1, {.max_per_second = 2});
  Begin();
  End();
  now_ += absl::Milliseconds(999);
  Lease();
  EXPECT_EQ(queue_.size(), 1u);
  now_ += absl::Milliseconds(1);
  Lease();
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(EndpointQueueTest, WhatIsPausedIsDueAtThePausesEnd) {
  const Endpoint a = Prefetch("p", "a", 4);
  now_ += absl::Seconds(7);
  EXPECT_EQ(queue_.OldestDue(), kStart);
  Begin(1);
  End(Ending::kOverloaded, absl::Hours(24));
  EXPECT_EQ(queue_.OldestDue(), now_ + absl::Hours(24));
}

TEST_F(EndpointQueueTest, SettingsStayWhereALeaseFails) {
  const Endpoint a = Prefetch("p", "a", 0, {.max_in_flight = 1});
  for (const int count : {0, 3}) {
    SetDue(a);
    Lease();
    Answer(requests_.at(0), count);
  }
  EXPECT_THAT(Begin(), SizeIs(1));
}

TEST_F(EndpointQueueTest, WhatIsDueComesEarlierWhereTheTimeOfDayJumps) {
  SetDue({"p", "a"}, absl::Hours(2));
  queue_.AdvanceDue(absl::Hours(1), now_);
  EXPECT_EQ(queue_.NextTime(), now_ + absl::Hours(1));
  queue_.AdvanceDue(absl::Hours(1), now_);
  EXPECT_THAT(Lease(), ElementsAre("a1"));
}

TEST_F(EndpointQueueTest, AJumpOfTheTimeOfDayEndsNoPause) {
  const Endpoint a = Prefetch("p", "a", 1);
  Begin();
  End(Ending::kOverloaded, absl::Hours(1));
  SetDue(a);
  queue_.AdvanceDue(absl::Hours(2), now_);
  EXPECT_THAT(Lease(), IsEmpty());
}

// Eight attempts of all projects may be in flight.
class SmallEndpointQueue : public EndpointQueueTest {
 protected:
  SmallEndpointQueue() : EndpointQueueTest(Small()) {}

  static EndpointQueue::Limits Small() {
    EndpointQueue::Limits limits = Limits();
    limits.max_in_flight = 8;
    limits.max_bytes = 16 << 20;
    return limits;
  }
};

TEST_F(SmallEndpointQueue, LeavesPlacesForAnotherProject) {
  Prefetch({{{"p", "a"}, 4}, {{"p", "b"}, 4}});
  EXPECT_THAT(Begin(), ElementsAre("a", "b", "a", "b", "a"));
  EXPECT_EQ(queue_.in_flight(), 5);
  SetDue({"q", "z"});
  Lease();
  Answer(requests_.at(0), 1);
  EXPECT_THAT(Begin(), ElementsAre("z"));
}

TEST_F(SmallEndpointQueue, APlaceIsTakenUntilTheAttemptIsRecorded) {
  Prefetch({{{"p", "a"}, 4}, {{"p", "b"}, 4}});
  Begin();
  const Attempt first = begun_.front();
  queue_.EndAttempt(*first, now_);
  EXPECT_THAT(Begin(), IsEmpty());
  queue_.Release(*first);
  EXPECT_THAT(Begin(), SizeIs(1));
}

TEST_F(SmallEndpointQueue, LeavesLeasesForAnotherProject) {
  for (int i = 0; i < 100; ++i) {
    SetDue({"p", "a" + std::to_string(i)});
  }
  EXPECT_THAT(Lease(),
              SizeIs(::testing::AllOf(::testing::Ge(15), ::testing::Le(22))));
  const std::vector<LeaseRequest> hogs = requests_;
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("z1"));
  for (int i = 0; i < 4; ++i) Answer(hogs.at(i), 0);
  EXPECT_THAT(Lease(), Not(IsEmpty()));
}

TEST_F(SmallEndpointQueue, LeavesHalfOfTheRoomToTheProjectsOtherEndpoints) {
  const Endpoint a = Prefetch("p", "a", 1);
  Begin();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a10"));
}

TEST_F(SmallEndpointQueue, LeavesBytesForAnotherProject) {
  const Endpoint a = Prefetch("p", "a", 0);
  SetDue(a);
  for (int i = 0; i < 100; ++i) {
    Lease();
    if (requests_.empty()) break;
    Answer(requests_.at(0), 4, 256 << 10, now_);
    Begin();
  }
  EXPECT_THAT(Lease(), IsEmpty());
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("z1"));
}

TEST_F(SmallEndpointQueue, WhatIsRecordedGivesItsBytesBack) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (int i = 0; i < 100; ++i) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1)) << i;
    Answer(requests_.at(0), 1, 256 << 10);
    ASSERT_THAT(Begin(), SizeIs(1)) << i;
    End();
  }
  EXPECT_EQ(queue_.leased(), 0);
}

TEST_F(SmallEndpointQueue, WhatIsDroppedGivesItsBytesBack) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (int i = 0; i < 100; ++i) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1)) << i;
    Answer(requests_.at(0), 1, 256 << 10);
    queue_.DropPrefetched(now_);
  }
}

}  // namespace
}  // namespace webhooks::server
