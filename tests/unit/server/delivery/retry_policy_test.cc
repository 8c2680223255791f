#include "server/delivery/retry_policy.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;

using Outcome = AttemptResult::Outcome;

// Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's example.
const absl::Time kAnsweredAt = absl::FromUnixSeconds(784111777);
constexpr double kMiddle = 0.5;

HttpOutcome Answered(int status, const std::string& retry_after = "") {
  HttpOutcome outcome;
  outcome.attempt.set_status(status);
  if (status / 100 != 2) outcome.attempt.set_error(v1::Attempt::HTTP_STATUS);
  outcome.retry_after = retry_after;
  return outcome;
}

HttpOutcome FailedBy(v1::Attempt::Error error) {
  HttpOutcome outcome;
  outcome.attempt.set_error(error);
  return outcome;
}

AttemptResult Classify(const HttpOutcome& outcome, int step,
                       double uniform_random = kMiddle,
                       const v1::DeliverySettings& settings = {}) {
  AttemptResult result;
  result.now = kAnsweredAt;
  RetryPolicy().Classify(outcome, step, settings, uniform_random, result);
  return result;
}

absl::Duration WaitAfter(const HttpOutcome& outcome, int step = 1,
                         double uniform_random = kMiddle,
                         const v1::DeliverySettings& settings = {}) {
  const AttemptResult result =
      Classify(outcome, step, uniform_random, settings);
  EXPECT_EQ(result.outcome, Outcome::kRetry);
  return result.retry_at - kAnsweredAt;
}

TEST(DefaultSchedule, IsThatOfTheContract) {
  EXPECT_THAT(DefaultSchedule(),
              ElementsAre(absl::ZeroDuration(), absl::Seconds(5),
                          absl::Minutes(5), absl::Minutes(30), absl::Hours(2),
                          absl::Hours(5), absl::Hours(10), absl::Hours(14),
                          absl::Hours(20), absl::Hours(24)));
}

TEST(RetryPolicy, WaitsAsTheScheduleSaysAfterEachAttempt) {
  const std::vector<absl::Duration> schedule = DefaultSchedule();
  for (std::size_t step = 1; step < schedule.size(); ++step) {
    EXPECT_EQ(WaitAfter(Answered(500), static_cast<int>(step)), schedule[step]);
  }
}

TEST(RetryPolicy, FailsAfterTheSchedulesEnd) {
  EXPECT_EQ(Classify(Answered(500), 9).outcome, Outcome::kRetry);
  EXPECT_EQ(Classify(Answered(500), 10).outcome, Outcome::kFailed);
  EXPECT_EQ(Classify(Answered(500), 11).outcome, Outcome::kFailed);
}

TEST(RetryPolicy, VariesWaitsByAFifthUpAndDown) {
  EXPECT_EQ(WaitAfter(Answered(500), 1, 0), absl::Seconds(4));
  EXPECT_EQ(WaitAfter(Answered(500), 1, 0.75), absl::Milliseconds(5500));
  EXPECT_LE(WaitAfter(Answered(500), 1, 0.999999), absl::Seconds(6));
  EXPECT_GT(WaitAfter(Answered(500), 1, 0.999999), absl::Milliseconds(5999));
}

TEST(RetryPolicy, CountsEvery2xxAsDelivered) {
  for (const int status : {200, 201, 204, 299}) {
    const AttemptResult result = Classify(Answered(status), 1);
    EXPECT_EQ(result.outcome, Outcome::kDelivered) << status;
    EXPECT_FALSE(result.gone);
  }
}

TEST(RetryPolicy, CountsEveryOtherStatusAsFailed) {
  for (const int status : {301, 302, 304, 400, 401, 404, 500, 599}) {
    EXPECT_EQ(Classify(Answered(status), 1).outcome, Outcome::kRetry) << status;
  }
}

TEST(RetryPolicy, RetriesWithoutAResponse) {
  for (const auto error :
       {v1::Attempt::TIMEOUT, v1::Attempt::DNS, v1::Attempt::TARGET_REFUSED}) {
    EXPECT_EQ(WaitAfter(FailedBy(error)), absl::Seconds(5));
  }
}

TEST(RetryPolicy, GivesUpIfTheReceiverIsGone) {
  const AttemptResult result = Classify(Answered(410), 1);
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_TRUE(result.gone);
}

TEST(RetryPolicy, IsGoneOnlyAfter410) {
  EXPECT_FALSE(Classify(Answered(404), 10).gone);
  EXPECT_FALSE(Classify(FailedBy(v1::Attempt::DNS), 1).gone);
}

TEST(RetryPolicy, UsesTheWebhooksSchedule) {
  v1::DeliverySettings settings;
  for (const int seconds : {0, 60, 3600}) {
    settings.add_schedule()->set_seconds(seconds);
  }
  EXPECT_EQ(WaitAfter(Answered(500), 1, kMiddle, settings), absl::Minutes(1));
  EXPECT_EQ(WaitAfter(Answered(500), 2, kMiddle, settings), absl::Hours(1));
  EXPECT_EQ(Classify(Answered(500), 3, kMiddle, settings).outcome,
            Outcome::kFailed);
}

TEST(RetryPolicy, WaitsForALongerRetryAfter) {
  for (const int status : {307, 400, 404, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(WaitAfter(Answered(status, "60")), absl::Minutes(1)) << status;
  }
}

TEST(RetryPolicy, IgnoresAShorterRetryAfter) {
  EXPECT_EQ(WaitAfter(Answered(429, "1")), absl::Seconds(5));
}

TEST(RetryPolicy, PausesOnlyForTheRetryAfterOfAFailure) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.RetryAfterOf(Answered(500, "60"), kAnsweredAt),
            absl::Minutes(1));
  EXPECT_EQ(policy.RetryAfterOf(Answered(500, "86401"), kAnsweredAt),
            absl::Hours(24));
  EXPECT_EQ(policy.RetryAfterOf(Answered(200, "60"), kAnsweredAt),
            absl::ZeroDuration());
}

TEST(RetryPolicy, LimitsARetryAfterToADay) {
  EXPECT_EQ(WaitAfter(Answered(429, "86400")), absl::Hours(24));
  EXPECT_EQ(WaitAfter(Answered(429, "86401")), absl::Hours(24));
  EXPECT_EQ(WaitAfter(Answered(429, "99999999999999999999")), absl::Hours(24));
  EXPECT_EQ(WaitAfter(Answered(429, "Sun, 06 Nov 2094 08:49:37 GMT")),
            absl::Hours(24));
}

TEST(RetryPolicy, DoesNotLengthenTheScheduleForARetryAfter) {
  EXPECT_EQ(Classify(Answered(429, "60"), 10).outcome, Outcome::kFailed);
}

TEST(RetryAfter, IsReadAsSeconds) {
  EXPECT_EQ(ReadRetryAfter("0", kAnsweredAt), absl::ZeroDuration());
  EXPECT_EQ(ReadRetryAfter("120", kAnsweredAt), absl::Minutes(2));
}

TEST(RetryAfter, IsReadAsEachFormOfAnHttpDate) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT",
        "Sun Nov  6 08:50:37 1994"}) {
    EXPECT_EQ(ReadRetryAfter(text, kAnsweredAt), absl::Minutes(1)) << text;
  }
}

TEST(RetryAfter, InThePastIsIgnored) {
  EXPECT_EQ(ReadRetryAfter("Sun, 06 Nov 1994 08:48:37 GMT", kAnsweredAt),
            absl::ZeroDuration());
}

TEST(RetryAfter, InAnotherFormIsIgnored) {
  for (const char* text :
       {"", "soon", "-5", "+5", "5s", "1.5", "infinite-future",
        "1994-11-06T08:50:37Z", "Sun, 06 Nov 1994 08:50:37 CET"}) {
    EXPECT_EQ(ReadRetryAfter(text, kAnsweredAt), absl::ZeroDuration()) << text;
  }
}

TEST(IsOverloaded, IsTrueForSignsOfOverload) {
  for (const int status : {429, 502, 504}) {
    EXPECT_TRUE(IsOverloaded(Answered(status))) << status;
  }
  EXPECT_TRUE(IsOverloaded(FailedBy(v1::Attempt::TIMEOUT)));
  EXPECT_TRUE(IsOverloaded(Answered(500, "60")));
}

TEST(IsOverloaded, IsFalseOtherwise) {
  for (const int status : {200, 400, 410, 500, 503}) {
    EXPECT_FALSE(IsOverloaded(Answered(status))) << status;
  }
  EXPECT_FALSE(IsOverloaded(Answered(200, "60")));
  EXPECT_FALSE(IsOverloaded(FailedBy(v1::Attempt::CONNECTION_REFUSED)));
}

TEST(RetryPolicy, NumbersTheLastAttemptOfTheSchedule) {
  AttemptResult result;
  result.attempt = 7;
  v1::DeliverySettings settings;
  for (const int seconds : {0, 5, 10}) {
    settings.add_schedule()->set_seconds(seconds);
  }
  // The schedule restarted after attempt 5.
  RetryPolicy().Classify(Answered(500), 2, settings, 0, result);
  EXPECT_EQ(result.record.max_number(), 8);
}

}  // namespace
}  // namespace webhooks::server
