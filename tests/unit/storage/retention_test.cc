#include "storage/retention.h"

#include "gtest/gtest.h"

namespace webhooks {
namespace {

const absl::Time kRetentionNow = absl::FromUnixSeconds(1'800'000'000);

TEST(RetentionClock, BeginsAtTheTimeOfDay) {
  RetentionClock clock(absl::InfinitePast());
  EXPECT_EQ(clock.Advance(kRetentionNow, absl::Seconds(1)), kRetentionNow);
  EXPECT_TRUE(clock.NeedsStoring());
}

TEST(RetentionClock, FollowsAClockThatIsAheadInSteps) {
  RetentionClock clock(kRetentionNow);
  EXPECT_EQ(clock.Advance(kRetentionNow + absl::Hours(1), absl::Seconds(1)),
            kRetentionNow + absl::Seconds(1));
}

TEST(RetentionClock, IsSetBackAtOnce) {
  RetentionClock clock(kRetentionNow);
  const absl::Time before = kRetentionNow - absl::Hours(1);
  EXPECT_EQ(clock.Advance(before, absl::Seconds(1)), before);
}

TEST(RetentionClock, IsStoredOnceAMinute) {
  RetentionClock clock(kRetentionNow);
  clock.Advance(kRetentionNow + absl::Seconds(59), absl::Minutes(5));
  EXPECT_FALSE(clock.NeedsStoring());
  clock.Advance(kRetentionNow + absl::Seconds(60), absl::Minutes(5));
  EXPECT_TRUE(clock.NeedsStoring());
  clock.MarkStored();
  EXPECT_FALSE(clock.NeedsStoring());
}

TEST(Retention, DeletesEndedAndExpiresWaitingDeliveriesThatAreTooOld) {
  const absl::Time old = kRetentionNow - absl::Milliseconds(1);
  EXPECT_EQ(
      RetentionActionFor(v1::Delivery::DELIVERED, false, old, kRetentionNow),
      RetentionAction::kDelete);
  EXPECT_EQ(
      RetentionActionFor(v1::Delivery::PENDING, false, old, kRetentionNow),
      RetentionAction::kExpire);
  EXPECT_EQ(RetentionActionFor(v1::Delivery::PENDING, true, old, kRetentionNow),
            RetentionAction::kKeep);
  EXPECT_EQ(RetentionActionFor(v1::Delivery::FAILED, false, kRetentionNow,
                               kRetentionNow),
            RetentionAction::kKeep);
}

TEST(Retention, LooksAgainAtAnEventAfterAMinuteAtTheEarliest) {
  EXPECT_EQ(NextCheck(kRetentionNow, kRetentionNow),
            kRetentionNow + absl::Minutes(1));
  EXPECT_EQ(NextCheck(kRetentionNow + absl::Hours(1), kRetentionNow),
            kRetentionNow + absl::Hours(1));
}

}  // namespace
}  // namespace webhooks
