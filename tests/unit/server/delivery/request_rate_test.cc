#include "server/delivery/request_rate.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// Returns the maximum number of `times` within any second.
int MostInASecond(const std::vector<absl::Time>& times) {
  int max = 0;
  for (auto first = times.begin(); first != times.end(); ++first) {
    const auto last =
        std::lower_bound(first, times.end(), *first + absl::Seconds(1));
    max = std::max(max, static_cast<int>(last - first));
  }
  return max;
}

// Starts requests for ten seconds, as soon as they may start. Reads the clock
// every `tick`, and sometimes only after 70 ms.
std::vector<absl::Time> BeginAll(int rate, absl::Duration tick) {
  RequestRate requests;
  std::vector<absl::Time> begun;
  int looks = 0;
  for (absl::Time now = kStart; now < kStart + absl::Seconds(10);
       now += ++looks % 10 == 0 ? absl::Milliseconds(70) : tick) {
    while (requests.NextStart(rate) <= now) {
      requests.StartRequest(rate, now);
      begun.push_back(now);
    }
  }
  return begun;
}

class RequestRateTest : public ::testing::TestWithParam<int> {};

TEST_P(RequestRateTest, AllowsNoMoreRequestsWithinAnySecond) {
  const int rate = GetParam();
  EXPECT_EQ(MostInASecond(BeginAll(rate, absl::Milliseconds(3))), rate);
}

TEST_P(RequestRateTest, IsReachedEvenIfTheClockIsReadSeldom) {
  const int rate = GetParam();
  EXPECT_GE(BeginAll(rate, absl::Milliseconds(3)).size(), 9.4 * rate);
}

INSTANTIATE_TEST_SUITE_P(Rates, RequestRateTest,
                         ::testing::Values(1, 2, 20, 100, 1000));

TEST(RequestRate, SpreadsRequestsOverTheSecond) {
  RequestRate requests;
  requests.StartRequest(10, kStart);
  EXPECT_GE(requests.NextStart(10), kStart);
  requests.StartRequest(10, kStart);
  requests.StartRequest(10, kStart);
  EXPECT_GT(requests.NextStart(10), kStart + absl::Milliseconds(100));
}

TEST(RequestRate, ALowerRateCountsEarlierRequests) {
  RequestRate requests;
  for (int i = 0; i < 10; ++i) {
    requests.StartRequest(100, kStart + i * absl::Milliseconds(10));
  }
  EXPECT_EQ(requests.NextStart(5), kStart + absl::Milliseconds(1050));
}

TEST(RequestRate, IsIdleASecondAfterTheLastRequest) {
  RequestRate requests;
  EXPECT_EQ(requests.IdleFrom(), absl::InfinitePast());
  requests.StartRequest(10, kStart);
  EXPECT_EQ(requests.IdleFrom(), kStart + absl::Seconds(1));
}

}  // namespace
}  // namespace webhooks::server
