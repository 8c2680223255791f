#include "server/delivery/fair_share.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

// Takes units for the project until none is available; returns their number.
int TakeAll(FairShare& share, const std::string& project, int held = 0) {
  while (share.Available(project) > 0) {
    share.Take(project, 1);
    ++held;
  }
  return held;
}

TEST(FairShare, OneProjectLeavesAQuarterAndTheReserve) {
  FairShare share(800);
  const int held = TakeAll(share, "a");
  EXPECT_NEAR(held, 0.75 * 700, 2);
  EXPECT_EQ(share.used(), held);
}

TEST(FairShare, TwoProjectsThatWantEverythingGetTheSame) {
  FairShare share(800);
  int a = 0;
  int b = 0;
  for (int i = 0; i < 800; ++i) {
    for (auto [project, held] : {std::pair{"a", &a}, {"b", &b}}) {
      if (share.Available(project) == 0) continue;
      share.Take(project, 1);
      ++*held;
    }
  }
  EXPECT_NEAR(a, 3 * 700 / 7, 2);
  EXPECT_NEAR(b, 3 * 700 / 7, 2);
}

TEST(FairShare, TheReserveIsForProjectsThatHoldNothing) {
  FairShare share(80);
  int projects = 0;
  while (share.Available(absl::StrCat(projects)) > 0) {
    share.Take(absl::StrCat(projects++), 1);
  }
  EXPECT_EQ(projects, 80);
  share.Take("0", -1);
  EXPECT_EQ(share.Available("1"), 0);
  EXPECT_EQ(share.Available("0"), 1);
}

TEST(FairShare, TheAvailableAmountCanBeTakenAtOnce) {
  FairShare share(8000);
  const std::int64_t room = share.Available("a");
  share.Take("a", room);
  EXPECT_EQ(share.Available("a"), 0);
  EXPECT_NEAR(static_cast<double>(room), 0.75 * 7000, 2);
}

TEST(FairShare, AReleasedAmountCanBeTakenAgain) {
  FairShare share(80);
  const int held = TakeAll(share, "a");
  share.Take("a", -held);
  EXPECT_EQ(share.used(), 0);
  EXPECT_EQ(TakeAll(share, "a"), held);
}

TEST(FairShare, LessThanAUnitIsNotAvailable) {
  FairShare share(100, /*unit=*/30);
  EXPECT_GE(share.Available("a"), 30);
  share.Take("a", 40);
  EXPECT_EQ(share.Available("a"), 0);
  EXPECT_EQ(share.Available("b"), 36);
  share.Take("b", 35);
  EXPECT_EQ(share.Available("c"), 0);
}

TEST(FairShare, TheLastUnitIsForAnyProject) {
  FairShare share(1);
  EXPECT_EQ(TakeAll(share, "a"), 1);
  EXPECT_EQ(share.Available("b"), 0);
}

}  // namespace
}  // namespace webhooks::server
