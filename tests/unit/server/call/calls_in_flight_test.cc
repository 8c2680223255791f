#include "server/call/calls_in_flight.h"

#include <vector>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

TEST(CallsInFlight, AreLimitedForEachKeyUntilTheyEnd) {
  CallsInFlight calls(2);
  auto first = calls.Take("a");
  const auto second = calls.Take("a");
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(calls.Take("a"), nullptr);
  EXPECT_NE(calls.Take("b"), nullptr);
  first = nullptr;
  EXPECT_NE(calls.Take("a"), nullptr);
}

TEST(CallsInFlight, AreDividedBetweenTheServersAndRoundedUp) {
  int servers = 3;
  CallsInFlight calls(10, [&] { return servers; });
  std::vector<CallsInFlight::Place> places;
  for (int i = 0; i < 4; ++i) {
    places.push_back(calls.Take("a"));
    EXPECT_NE(places.back(), nullptr);
  }
  EXPECT_EQ(calls.Take("a"), nullptr);
  servers = 2;
  places.push_back(calls.Take("a"));
  EXPECT_NE(places.back(), nullptr);
  EXPECT_EQ(calls.Take("a"), nullptr);
}

TEST(CallsInFlight, AreAtLeastOneAtEachServer) {
  CallsInFlight calls(2, [] { return 100; });
  const auto place = calls.Take("a");
  EXPECT_NE(place, nullptr);
  EXPECT_EQ(calls.Take("a"), nullptr);
}

}  // namespace
}  // namespace webhooks::server
