#include "server/delivery/retry_policy.h"

#include <string>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using Outcome = AttemptResult::Outcome;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

HttpOutcome Answered(int status, const std::string& retry_after = "") {
  HttpOutcome outcome;
  outcome.attempt.set_status(status);
  if (status < 200 || status > 299) {
    outcome.attempt.set_error(v1::Attempt::HTTP_STATUS);
  }
  outcome.retry_after = retry_after;
  return outcome;
}

HttpOutcome FailedWith(v1::Attempt::Error error) {
  HttpOutcome outcome;
  outcome.attempt.set_error(error);
  return outcome;
}

// What comes of an attempt; the dice show the middle unless told.
AttemptResult Judge(const HttpOutcome& outcome, int step,
                    const v1::DeliverySettings& settings = {},
                    double dice = 0.5) {
  AttemptResult result;
  result.now = kNow;
  RetryPolicy().Judge(outcome, step, settings, dice, result);
  return result;
}

absl::Duration Wait(const AttemptResult& result) {
  return result.retry_at - result.now;
}

TEST(RetryPolicy, ASuccessIsDelivered) {
  EXPECT_EQ(Judge(Answered(204), 1).outcome, Outcome::kDelivered);
}

TEST(RetryPolicy, FollowsTheContractsSchedule) {
  const std::vector<absl::Duration> schedule = DefaultSchedule();
  ASSERT_EQ(schedule.size(), 10u);
  for (int step = 1; step < 10; ++step) {
    const AttemptResult result = Judge(Answered(500), step);
    EXPECT_EQ(result.outcome, Outcome::kRetry);
    EXPECT_EQ(Wait(result), schedule[static_cast<std::size_t>(step)]) << step;
  }
  EXPECT_EQ(Judge(Answered(500), 10).outcome, Outcome::kFailed);
}

TEST(RetryPolicy, VariesAWaitByAFifthEitherWay) {
  EXPECT_EQ(Wait(Judge(Answered(500), 2, {}, 0)), absl::Minutes(4));
  const absl::Duration longest = Wait(Judge(Answered(500), 2, {}, 0.999999));
  EXPECT_GT(longest, absl::Minutes(6) - absl::Seconds(1));
  EXPECT_LT(longest, absl::Minutes(6));
}

TEST(RetryPolicy, FollowsTheWebhooksOwnSchedule) {
  v1::DeliverySettings settings;
  settings.add_schedule()->set_seconds(0);
  settings.add_schedule()->set_seconds(7);
  EXPECT_EQ(Wait(Judge(Answered(500), 1, settings)), absl::Seconds(7));
  EXPECT_EQ(Judge(Answered(500), 2, settings).outcome, Outcome::kFailed);
}

TEST(RetryPolicy, GoneEndsTheScheduleAtOnce) {
  const AttemptResult result = Judge(Answered(410), 1);
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_TRUE(result.gone);
}

TEST(RetryPolicy, OtherFailuresDoNotMeanGone) {
  EXPECT_FALSE(Judge(Answered(404), 1).gone);
  EXPECT_EQ(Judge(FailedWith(v1::Attempt::DNS), 1).outcome, Outcome::kRetry);
}

TEST(RetryPolicy, WaitsAsLongAsTheReceiverAsks) {
  for (const int status : {429, 502, 503, 504}) {
    EXPECT_EQ(Wait(Judge(Answered(status, "90"), 1)), absl::Seconds(90));
  }
  EXPECT_EQ(Wait(Judge(Answered(500, "90"), 1)), absl::Seconds(5));
}

TEST(RetryPolicy, NeverWaitsShorterThanTheSchedule) {
  EXPECT_EQ(Wait(Judge(Answered(429, "1"), 2)), absl::Minutes(5));
}

TEST(RetryPolicy, CapsWhatTheReceiverAsks) {
  EXPECT_EQ(Wait(Judge(Answered(503, "99999999"), 1)), absl::Hours(24));
}

TEST(ReadRetryAfter, ReadsSecondsAndEveryDateOfHttp) {
  const absl::Time now = absl::FromUnixSeconds(784'111'717);  // 08:48:37
  EXPECT_EQ(ReadRetryAfter("120", now), absl::Seconds(120));
  for (const char* date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(ReadRetryAfter(date, now), absl::Seconds(60)) << date;
  }
}

TEST(ReadRetryAfter, TakesAnythingElseForNone) {
  for (const char* text : {"", "soon", "-5", "+5", "1.5", "1e3",
                           "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ReadRetryAfter(text, kNow), absl::ZeroDuration()) << text;
  }
}

TEST(IsOverloaded, WhereTheContractSlowsDown) {
  for (const int status : {429, 502, 504}) {
    EXPECT_TRUE(IsOverloaded(Answered(status).attempt)) << status;
  }
  EXPECT_TRUE(IsOverloaded(FailedWith(v1::Attempt::TIMEOUT).attempt));
  EXPECT_FALSE(IsOverloaded(Answered(500).attempt));
  EXPECT_FALSE(
      IsOverloaded(FailedWith(v1::Attempt::CONNECTION_REFUSED).attempt));
}

}  // namespace
}  // namespace webhooks::server
