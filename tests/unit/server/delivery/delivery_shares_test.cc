#include "server/delivery/delivery_shares.h"

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(DeliveryShares, ARequestTakesTheBytesThatItsAnswerCanHave) {
  DeliveryShares shares(100, 8 * kMiB);
  const DeliveryShares::Request request = shares.Ask("p", 50);
  EXPECT_EQ(request.count, 50);
  EXPECT_EQ(request.bytes, kMiB);
  const DeliveryShares::Request small = shares.Ask("p", 2);
  EXPECT_EQ(small.bytes, kMiB / 2);
}

TEST(DeliveryShares, ARequestAsksForNoMoreThanThereAreBytesFor) {
  DeliveryShares shares(100, kMiB);
  EXPECT_EQ(shares.Ask("p", 50).count, 2);
}

TEST(DeliveryShares, WhatARequestHasTakenIsGivenBack) {
  DeliveryShares shares(100, 4 * kMiB);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(shares.MayLease("p")) << i;
    shares.Answer("p", shares.Ask("p", 50));
  }
  EXPECT_EQ(shares.leased(), 0);
}

TEST(DeliveryShares, WhatIsLeasedIsGivenBack) {
  DeliveryShares shares(100, 4 * kMiB);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(shares.MayLease("p")) << i;
    shares.Lease("p", kMiB / 4);
    shares.EndLease("p", kMiB / 4);
  }
  EXPECT_EQ(shares.leased(), 0);
}

TEST(DeliveryShares, OneProjectsBytesLeaveRoomForAnotherOne) {
  DeliveryShares shares(1000, 4 * kMiB);
  int leased = 0;
  for (; shares.MayLease("p"); ++leased) shares.Lease("p", kMiB / 4);
  EXPECT_LT(leased, 12);
  EXPECT_TRUE(shares.MayLease("q"));
}

}  // namespace
}  // namespace webhooks::server
