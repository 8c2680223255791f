#include "server/delivery/delivery_shares.h"

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(DeliveryShares, AReservationHasTheMaximumSizeOfItsAnswer) {
  DeliveryShares shares(100, 8 * kMiB);
  const DeliveryShares::Reservation reservation = shares.Reserve("p", 50);
  EXPECT_EQ(reservation.count, 50);
  EXPECT_EQ(reservation.bytes, kMiB + kMiB / 4);
  const DeliveryShares::Reservation small = shares.Reserve("p", 2);
  EXPECT_EQ(small.bytes, kMiB / 2);
}

TEST(DeliveryShares, AReservationIsLimitedByTheAvailableBytes) {
  DeliveryShares shares(100, kMiB);
  EXPECT_EQ(shares.Reserve("p", 50).count, 2);
}

TEST(DeliveryShares, AReservationIsReleased) {
  DeliveryShares shares(100, 4 * kMiB);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(shares.CanLease("p")) << i;
    shares.ReleaseReservation("p", shares.Reserve("p", 50));
  }
  EXPECT_EQ(shares.leased(), 0);
}

TEST(DeliveryShares, ALeaseIsReleased) {
  DeliveryShares shares(100, 4 * kMiB);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(shares.CanLease("p")) << i;
    shares.AddLease("p", kMiB / 4);
    shares.RemoveLease("p", kMiB / 4);
  }
  EXPECT_EQ(shares.leased(), 0);
}

TEST(DeliveryShares, ChangeTheirVersionWhenSomethingIsReleased) {
  DeliveryShares shares(100, 4 * kMiB);
  std::int64_t version = shares.version();
  const auto has_changed = [&] {
    return std::exchange(version, shares.version()) != shares.version();
  };
  const DeliveryShares::Reservation reservation = shares.Reserve("p", 1);
  shares.AddLease("p", 10);
  shares.StartAttempt("p");
  EXPECT_FALSE(has_changed());
  shares.ReleaseReservation("p", reservation);
  EXPECT_TRUE(has_changed());
  shares.FinishAttempt("p");
  EXPECT_TRUE(has_changed());
  shares.RemoveLease("p", 10);
  EXPECT_TRUE(has_changed());
}

TEST(DeliveryShares, AreExhaustedForEveryProject) {
  DeliveryShares shares(2, 4 * kMiB);
  EXPECT_TRUE(shares.CanAnyStart());
  for (const char* project : {"p", "q"}) shares.StartAttempt(project);
  EXPECT_FALSE(shares.CanAnyStart());
  EXPECT_TRUE(shares.CanAnyLease());
  shares.AddLease("p", 4 * kMiB);
  EXPECT_FALSE(shares.CanAnyLease());
}

TEST(DeliveryShares, OneProjectLeavesBytesForAnother) {
  DeliveryShares shares(1000, 4 * kMiB);
  int leased = 0;
  for (; shares.CanLease("p"); ++leased) shares.AddLease("p", kMiB / 4);
  EXPECT_LT(leased, 12);
  EXPECT_TRUE(shares.CanLease("q"));
}

}  // namespace
}  // namespace webhooks::server
