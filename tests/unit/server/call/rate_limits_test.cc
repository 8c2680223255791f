#include "server/call/rate_limits.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class RateLimitsTest : public ::testing::Test {
 protected:
  absl::Time now_ = absl::FromUnixSeconds(1800000000);
  absl::Status Count(const std::string& project, int per_second) {
    return limits_.Count(project, per_second, state_);
  }

  int servers_ = 1;
  RateLimits limits_{[this] { return now_; }, [this] { return servers_; }};
  RateState state_;
};

TEST_F(RateLimitsTest, ReportTheRemainingCalls) {
  EXPECT_THAT(Count("p", 4), IsOk());
  EXPECT_EQ(state_.limit, 4);
  EXPECT_EQ(state_.remaining, 3);
  EXPECT_EQ(state_.reset, absl::Milliseconds(250));
  for (int i = 0; i < 4; ++i) (void)Count("p", 4);
  EXPECT_EQ(state_.remaining, 0);
  EXPECT_EQ(state_.reset, absl::Seconds(1));
}

TEST_F(RateLimitsTest, AllowABurstOfOneSecondAndThenTheRate) {
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Count("p", 3), IsOk());
  EXPECT_THAT(Count("p", 3), StatusIs(absl::StatusCode::kResourceExhausted,
                                      "REQUEST_RATE_EXCEEDED"));
  now_ += absl::Milliseconds(334);
  EXPECT_THAT(Count("p", 3), IsOk());
  EXPECT_FALSE(Count("p", 3).ok());
}

TEST_F(RateLimitsTest, DoNotAccumulateMoreThanOneSecond) {
  EXPECT_THAT(Count("p", 2), IsOk());
  now_ += absl::Hours(1);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Count("p", 2), IsOk());
  EXPECT_FALSE(Count("p", 2).ok());
}

TEST_F(RateLimitsTest, AreSeparateForEachProject) {
  EXPECT_THAT(Count("p", 1), IsOk());
  EXPECT_THAT(Count("q", 1), IsOk());
  EXPECT_FALSE(Count("p", 1).ok());
}

TEST_F(RateLimitsTest, ReturnTheTimeUntilTheNextTry) {
  EXPECT_THAT(Count("p", 4), IsOk());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Count("p", 4), IsOk());
  const auto payload =
      Count("p", 4).GetPayload("type.googleapis.com/google.rpc.RetryInfo");
  google::rpc::RetryInfo info;
  ASSERT_TRUE(payload && info.ParseFromString(std::string(*payload)));
  EXPECT_EQ(info.retry_delay().seconds(), 0);
  EXPECT_EQ(info.retry_delay().nanos(), 250'000'000);
}

TEST_F(RateLimitsTest, ApplyWithMoreProjectsThanAreRemembered) {
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_THAT(Count(absl::StrCat(i), 1), IsOk());
  }
  EXPECT_FALSE(Count("9999", 1).ok());
  now_ += absl::Seconds(1);
  EXPECT_THAT(Count("new", 1), IsOk());
  EXPECT_THAT(Count("9999", 1), IsOk());
}

TEST_F(RateLimitsTest, ApplyAChangedLimit) {
  for (int i = 0; i < 5; ++i) EXPECT_THAT(Count("p", 5), IsOk());
  now_ += absl::Seconds(1);
  EXPECT_THAT(Count("p", 1), IsOk());
  EXPECT_FALSE(Count("p", 1).ok());
}

TEST_F(RateLimitsTest, AreDividedBetweenTheServers) {
  servers_ = 3;
  for (int i = 0; i < 4; ++i) EXPECT_THAT(Count("p", 12), IsOk());
  EXPECT_THAT(Count("p", 12), StatusIs(absl::StatusCode::kResourceExhausted,
                                       "REQUEST_RATE_EXCEEDED"));
  now_ += absl::Milliseconds(251);
  EXPECT_THAT(Count("p", 12), IsOk());
  EXPECT_FALSE(Count("p", 12).ok());
}

TEST_F(RateLimitsTest, ReportTheRemainingCallsOfAllServers) {
  servers_ = 3;
  EXPECT_THAT(Count("p", 12), IsOk());
  EXPECT_EQ(state_.limit, 12);
  EXPECT_EQ(state_.remaining, 9);
  EXPECT_EQ(state_.reset, absl::Milliseconds(250));
  for (int i = 0; i < 4; ++i) (void)Count("p", 12);
  EXPECT_EQ(state_.remaining, 0);
}

TEST_F(RateLimitsTest, LetEachServerAcceptACallOfALowLimit) {
  servers_ = 4;
  EXPECT_THAT(Count("p", 2), IsOk());
  EXPECT_EQ(state_.remaining, 0);
  EXPECT_EQ(state_.reset, absl::Seconds(2));
  EXPECT_FALSE(Count("p", 2).ok());
  now_ += absl::Milliseconds(1999);
  EXPECT_FALSE(Count("p", 2).ok());
  now_ += absl::Milliseconds(1);
  EXPECT_THAT(Count("p", 2), IsOk());
}

TEST_F(RateLimitsTest, FollowTheNumberOfServers) {
  servers_ = 2;
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Count("p", 4), IsOk());
  EXPECT_FALSE(Count("p", 4).ok());
  servers_ = 1;
  now_ += absl::Seconds(1);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(Count("p", 4), IsOk());
  EXPECT_FALSE(Count("p", 4).ok());
  now_ += absl::Seconds(1);
  servers_ = 2;
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Count("p", 4), IsOk());
  EXPECT_FALSE(Count("p", 4).ok());
}

TEST_F(RateLimitsTest, RememberLowLimitsAmongManyProjects) {
  servers_ = 4;
  EXPECT_THAT(Count("slow", 1), IsOk());
  now_ += absl::Seconds(3);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_THAT(Count(absl::StrCat(i), 1), IsOk());
  }
  EXPECT_FALSE(Count("slow", 1).ok());
}

}  // namespace
}  // namespace webhooks::server
