#include "server/delivery/endpoint_pace.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using Outcome = EndpointPace::Outcome;

// An endpoint that may have 4 requests in flight, with a fake clock.
class EndpointPaceTest : public ::testing::Test {
 protected:
  static EndpointPace::Limits Limits() {
    EndpointPace::Limits limits;
    limits.max_in_flight = 4;
    return limits;
  }

  void Finish(int epoch, Outcome outcome,
              absl::Duration retry_after = absl::ZeroDuration()) {
    pace_.FinishRequest(epoch, outcome, retry_after, now_);
  }

  // Runs `count` successful requests, one after another.
  void Succeed(int count) {
    for (int i = 0; i < count; ++i)
      Finish(pace_.StartRequest(now_), Outcome::kDelivered);
  }

  // Returns how many requests may be in flight at `now_`.
  int MaxInFlight() const {
    int count = 0;
    while (pace_.NextStart(count) <= now_) ++count;
    return count;
  }

  absl::Duration PauseLeft() const {
    return std::max(pace_.paused_until() - now_, absl::ZeroDuration());
  }

  const EndpointPace::Limits limits_ = Limits();
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  EndpointPace pace_{limits_};
};

TEST_F(EndpointPaceTest, StartsWithOneRequest) {
  EXPECT_EQ(MaxInFlight(), 1);
  EXPECT_EQ(pace_.MaxLeased(/*in_flight=*/0), 1);
  EXPECT_EQ(pace_.MaxPrefetched(), 0);
}

TEST_F(EndpointPaceTest, GrowsWithEachFinishedRequestUpToTheLimit) {
  for (const int max : {2, 3, 4, 4}) {
    Succeed(1);
    EXPECT_EQ(MaxInFlight(), max);
  }
  EXPECT_EQ(pace_.MaxPrefetched(), 1);
  Succeed(100);
  EXPECT_EQ(pace_.MaxPrefetched(), 32);
}

TEST_F(EndpointPaceTest, GrowsWithFailuresWithoutOverload) {
  Finish(pace_.StartRequest(now_), Outcome::kFailed);
  EXPECT_EQ(MaxInFlight(), 2);
}

TEST_F(EndpointPaceTest, PausesAfterOverloadAndThenAllowsOneRequest) {
  Succeed(100);
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  EXPECT_EQ(PauseLeft(), limits_.first_pause);
  EXPECT_EQ(MaxInFlight(), 0);
  now_ += limits_.first_pause;
  EXPECT_EQ(MaxInFlight(), 1);
}

TEST_F(EndpointPaceTest, ASuccessFromBeforeThePauseAllowsNoMoreRequests) {
  Succeed(100);
  const int before = pace_.StartRequest(now_);
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  Finish(before, Outcome::kDelivered);
  now_ += limits_.first_pause;
  EXPECT_EQ(MaxInFlight(), 1);
  Finish(before, Outcome::kFailed);
  EXPECT_EQ(MaxInFlight(), 1);
}

TEST_F(EndpointPaceTest,
       ASuccessOfARequestBegunBeforeThePauseDoesNotShortenTheNext) {
  Succeed(100);
  const int before = pace_.StartRequest(now_);
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  Finish(before, Outcome::kDelivered);
  now_ += limits_.first_pause;
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, ASuccessFromAfterThePauseShortensTheNextPause) {
  for (const Outcome outcome :
       {Outcome::kOverloaded, Outcome::kDelivered, Outcome::kOverloaded}) {
    Finish(pace_.StartRequest(now_), outcome);
    now_ += PauseLeft() + absl::Seconds(1);
  }
  EXPECT_EQ(pace_.paused_until(), now_ - absl::Seconds(1));
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, AResumedEndpointIsNotPausedAndItsNextPauseIsShort) {
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded, absl::Hours(1));
  pace_.Resume();
  EXPECT_EQ(MaxInFlight(), 1);
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  EXPECT_EQ(PauseLeft(), limits_.first_pause);
}

TEST_F(EndpointPaceTest, AnOutcomeFromBeforeARestartIsIgnored) {
  for (const Outcome outcome :
       {Outcome::kDelivered, Outcome::kFailed, Outcome::kOverloaded}) {
    const int before = pace_.StartRequest(now_);
    pace_.Restart();
    Finish(before, outcome, absl::Hours(1));
    EXPECT_EQ(PauseLeft(), absl::ZeroDuration());
    EXPECT_EQ(MaxInFlight(), 1);
  }
}

TEST_F(EndpointPaceTest, ARestartDoesNotEndThePause) {
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded, absl::Hours(1));
  pace_.Restart();
  EXPECT_EQ(PauseLeft(), absl::Hours(1));
}

TEST_F(EndpointPaceTest, AnOrderedEndpointHasOneInFlightAndNothingPrefetched) {
  pace_.set_settings({.max_in_flight = 4, .ordered = true});
  Succeed(100);
  EXPECT_EQ(MaxInFlight(), 1);
  EXPECT_EQ(pace_.MaxPrefetched(), 0);
}

TEST_F(EndpointPaceTest, LeasesNoMoreThanTheRateAllowsInASecond) {
  pace_.set_settings({.max_per_second = 2});
  Succeed(100);
  EXPECT_EQ(pace_.MaxPrefetched(), 2);
  EXPECT_EQ(pace_.MaxLeased(/*in_flight=*/3), 5);
}

TEST_F(EndpointPaceTest, ARequestThatWasNotSentDelaysTheNextWithoutAPause) {
  Succeed(100);
  Finish(pace_.StartRequest(now_), Outcome::kNotSent);
  EXPECT_EQ(PauseLeft(), absl::ZeroDuration());
  EXPECT_EQ(MaxInFlight(), 0);
  now_ += EndpointPace::kNotSentDelay;
  EXPECT_EQ(MaxInFlight(), 4);
}

TEST_F(EndpointPaceTest, ARequestThatWasNotSentIsNotASuccess) {
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  now_ += limits_.first_pause;
  Finish(pace_.StartRequest(now_), Outcome::kNotSent);
  now_ += EndpointPace::kNotSentDelay;
  EXPECT_EQ(MaxInFlight(), 1);
  Finish(pace_.StartRequest(now_), Outcome::kOverloaded);
  EXPECT_EQ(PauseLeft(), 2 * limits_.first_pause);
}

TEST_F(EndpointPaceTest, IsKeptForItsPauseAndItsRate) {
  EXPECT_EQ(pace_.KeepUntil(), absl::InfinitePast());
  pace_.set_settings({.max_per_second = 2});
  const int epoch = pace_.StartRequest(now_);
  EXPECT_EQ(pace_.KeepUntil(), now_ + absl::Seconds(1));
  Finish(epoch, Outcome::kOverloaded, absl::Seconds(30));
  EXPECT_EQ(pace_.KeepUntil(), now_ + absl::Seconds(30));
}

}  // namespace
}  // namespace webhooks::server
