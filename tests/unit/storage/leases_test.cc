#include "storage/leases.h"

#include "gtest/gtest.h"

namespace webhooks {
namespace {

class LeasesTest : public ::testing::Test {
 protected:
  absl::Duration elapsed_ = absl::ZeroDuration();
  const Endpoint kEndpoint{"p", "w"};
  Leases leases_{[this] { return elapsed_; }};
};

TEST_F(LeasesTest, LastForTheirTime) {
  leases_.Add("a", kEndpoint, 1, absl::Seconds(10));
  elapsed_ = absl::Seconds(4);
  EXPECT_EQ(leases_.TimeLeft("a"), absl::Seconds(6));
  elapsed_ = absl::Seconds(10);
  EXPECT_EQ(leases_.TimeLeft("a"), std::nullopt);
}

TEST_F(LeasesTest, AreRenewedFromNowOn) {
  const auto number = leases_.Add("a", kEndpoint, 1, absl::Seconds(10));
  elapsed_ = absl::Seconds(8);
  leases_.Renew("a", number, absl::Seconds(10));
  EXPECT_EQ(leases_.TimeLeft("a"), absl::Seconds(10));
}

TEST_F(LeasesTest, AreChangedByTheirNewestNumberOnly) {
  const auto older = leases_.Add("a", kEndpoint, 1, absl::Seconds(10));
  const auto newer = leases_.Add("a", kEndpoint, 2, absl::Seconds(10));
  leases_.Begin("a", older);
  leases_.End("a", older);
  EXPECT_FALSE(leases_.HasBegun("a"));
  leases_.Begin("a", newer);
  EXPECT_TRUE(leases_.HasBegun("a"));
  leases_.End("a", newer);
  EXPECT_FALSE(leases_.Find("a").has_value());
}

TEST_F(LeasesTest, RememberThatAnotherWaitsAndThatAnAttemptFollows) {
  leases_.Add("a", kEndpoint, 1, absl::Seconds(10));
  leases_.MarkBlocking("a");
  leases_.RequestRetry("a");
  leases_.MarkBlocking("b");
  EXPECT_TRUE(leases_.Find("a")->blocks_next);
  EXPECT_TRUE(leases_.Find("a")->retry_requested);
  EXPECT_FALSE(leases_.Find("b").has_value());
}

}  // namespace
}  // namespace webhooks
