#include "server/delivery/delivery_shares.h"

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(DeliveryShares, ARequestTakesTheBytesThatItsAnswerCanHave) {
  DeliveryShares shares(100, 8 * kMiB);
  const DeliveryShares::Request request = shares.Ask("p", 50);
  EXPECT_EQ(request.count, 50);
  EXPECT_EQ(request.bytes, kMiB + kMiB / 4);
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

TEST(DeliveryShares, TellWhenSomethingIsGivenBack) {
  DeliveryShares shares(100, 4 * kMiB);
  std::int64_t version = shares.version();
  const auto has_changed = [&] {
    return std::exchange(version, shares.version()) != shares.version();
  };
  const DeliveryShares::Request request = shares.Ask("p", 1);
  shares.Lease("p", 10);
  shares.Begin("p");
  EXPECT_FALSE(has_changed());
  shares.Answer("p", request);
  EXPECT_TRUE(has_changed());
  shares.End("p");
  EXPECT_TRUE(has_changed());
  shares.EndLease("p", 10);
  EXPECT_TRUE(has_changed());
}

TEST(DeliveryShares, LetNobodyHaveMoreOnceAllIsUsedUp) {
  DeliveryShares shares(2, 4 * kMiB);
  EXPECT_TRUE(shares.MayAnyBegin());
  for (const char* project : {"p", "q"}) shares.Begin(project);
  EXPECT_FALSE(shares.MayAnyBegin());
  EXPECT_TRUE(shares.MayAnyLease());
  shares.Lease("p", 4 * kMiB);
  EXPECT_FALSE(shares.MayAnyLease());
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
