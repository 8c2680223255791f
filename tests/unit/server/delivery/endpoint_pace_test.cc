#include "server/delivery/endpoint_pace.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using Ending = EndpointPace::Ending;

// An endpoint that may have 4 requests in flight, at a time that the test sets.
class EndpointPaceTest : public ::testing::Test {
 protected:
  static EndpointPace::Limits Limits() {
    EndpointPace::Limits limits;
    limits.max_in_flight = 4;
    return limits;
  }

  void End(int epoch, Ending ending,
           absl::Duration retry_after = absl::ZeroDuration()) {
    pace_.End(epoch, ending, retry_after, now_);
  }

  // Ends `count` requests well, one after another.
  void Succeed(int count) {
    for (int i = 0; i < count; ++i) End(pace_.Begin(now_), Ending::kDelivered);
  }

  // Returns how many requests may be in flight at `now_`.
  int MostInFlight() const {
    int count = 0;
    while (pace_.NextBegin(count) <= now_) ++count;
    return count;
  }

  absl::Duration PauseLeft() const {
    return std::max(pace_.paused_until() - now_, absl::ZeroDuration());
  }

  const EndpointPace::Limits limits_ = Limits();
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  EndpointPace pace_{limits_};
};

TEST_F(EndpointPaceTest, BeginsWithOneRequest) {
  EXPECT_EQ(MostInFlight(), 1);
  EXPECT_EQ(pace_.MostLeased(/*in_flight=*/0), 1);
  EXPECT_EQ(pace_.MostPrefetched(), 0);
}

TEST_F(EndpointPaceTest, GrowsWithEachRequestThatEndsUpToTheLimit) {
  for (const int most : {2, 3, 4, 4}) {
    Succeed(1);
    EXPECT_EQ(MostInFlight(), most);
  }
  EXPECT_EQ(pace_.MostPrefetched(), 1);
  Succeed(100);
  EXPECT_EQ(pace_.MostPrefetched(), 32);
}

TEST_F(EndpointPaceTest, GrowsWithFailuresThatAreNoOverload) {
  End(pace_.Begin(now_), Ending::kFailed);
  EXPECT_EQ(MostInFlight(), 2);
}

TEST_F(EndpointPaceTest, AnOverloadPausesAndTheNextRequestIsAlone) {
  Succeed(100);
  End(pace_.Begin(now_), Ending::kOverloaded);
  EXPECT_EQ(PauseLeft(), limits_.first_pause);
  EXPECT_EQ(MostInFlight(), 0);
  now_ += limits_.first_pause;
  EXPECT_EQ(MostInFlight(), 1);
}

TEST_F(EndpointPaceTest, ASuccessOfARequestBegunBeforeThePauseLetsNoMoreBegin) {
  Succeed(100);
  const int before = pace_.Begin(now_);
  End(pace_.Begin(now_), Ending::kOverloaded);
  End(before, Ending::kDelivered);
  now_ += limits_.first_pause;
  EXPECT_EQ(MostInFlight(), 1);
  End(before, Ending::kFailed);
  EXPECT_EQ(MostInFlight(), 1);
}

TEST_F(EndpointPaceTest,
       ASuccessOfARequestBegunBeforeThePauseDoesNotShortenTheNext) {
  Succeed(100);
  const int before = pace_.Begin(now_);
  End(pace_.Begin(now_), Ending::kOverloaded);
  End(before, Ending::kDelivered);
  now_ += limits_.first_pause;
  End(pace_.Begin(now_), Ending::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, ASuccessOfARequestBegunSinceThePauseShortensTheNext) {
  for (const Ending ending :
       {Ending::kOverloaded, Ending::kDelivered, Ending::kOverloaded}) {
    End(pace_.Begin(now_), ending);
    now_ += PauseLeft() + absl::Seconds(1);
  }
  EXPECT_EQ(pace_.paused_until(), now_ - absl::Seconds(1));
  End(pace_.Begin(now_), Ending::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, AResumedEndpointIsNotPausedAndItsNextPauseIsShort) {
  End(pace_.Begin(now_), Ending::kOverloaded, absl::Hours(1));
  pace_.Resume();
  EXPECT_EQ(MostInFlight(), 1);
  End(pace_.Begin(now_), Ending::kOverloaded);
  EXPECT_EQ(PauseLeft(), limits_.first_pause);
}

TEST_F(EndpointPaceTest, NoEndingOfARequestBegunBeforeARestartCounts) {
  for (const Ending ending :
       {Ending::kDelivered, Ending::kFailed, Ending::kOverloaded}) {
    const int before = pace_.Begin(now_);
    pace_.Restart();
    End(before, ending, absl::Hours(1));
    EXPECT_EQ(PauseLeft(), absl::ZeroDuration());
    EXPECT_EQ(MostInFlight(), 1);
  }
}

TEST_F(EndpointPaceTest, ARestartDoesNotEndThePause) {
  End(pace_.Begin(now_), Ending::kOverloaded, absl::Hours(1));
  pace_.Restart();
  EXPECT_EQ(PauseLeft(), absl::Hours(1));
}

TEST_F(EndpointPaceTest, AnOrderedEndpointHasOneInFlightAndNothingPrefetched) {
  pace_.Set({.max_in_flight = 4, .ordered = true});
  Succeed(100);
  EXPECT_EQ(MostInFlight(), 1);
  EXPECT_EQ(pace_.MostPrefetched(), 0);
}

TEST_F(EndpointPaceTest, LeasesNoMoreThanARateLetsBeginWithinASecond) {
  pace_.Set({.max_per_second = 2});
  Succeed(100);
  EXPECT_EQ(pace_.MostPrefetched(), 2);
  EXPECT_EQ(pace_.MostLeased(/*in_flight=*/3), 5);
}

TEST_F(EndpointPaceTest, ARequestThatWasNotSentDelaysTheNextWithoutAPause) {
  Succeed(100);
  End(pace_.Begin(now_), Ending::kNotSent);
  EXPECT_EQ(PauseLeft(), absl::ZeroDuration());
  EXPECT_EQ(MostInFlight(), 0);
  now_ += EndpointPace::kUnsentDelay;
  EXPECT_EQ(MostInFlight(), 4);
}

TEST_F(EndpointPaceTest, ARequestThatWasNotSentIsNoSuccess) {
  End(pace_.Begin(now_), Ending::kOverloaded);
  now_ += limits_.first_pause;
  End(pace_.Begin(now_), Ending::kNotSent);
  now_ += EndpointPace::kUnsentDelay;
  EXPECT_EQ(MostInFlight(), 1);
  End(pace_.Begin(now_), Ending::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, IsRememberedForItsPauseAndItsRate) {
  EXPECT_EQ(pace_.RememberUntil(), absl::InfinitePast());
  pace_.Set({.max_per_second = 2});
  const int epoch = pace_.Begin(now_);
  EXPECT_EQ(pace_.RememberUntil(), now_ + absl::Seconds(1));
  End(epoch, Ending::kOverloaded, absl::Seconds(30));
  EXPECT_EQ(pace_.RememberUntil(), now_ + absl::Seconds(30));
}

}  // namespace
}  // namespace webhooks::server
