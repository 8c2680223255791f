#include "server/delivery/endpoint_pauses.h"

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr absl::Duration kPause = absl::Seconds(10);

TEST(EndpointPauses, ReportAPauseUntilItEnds) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  EndpointPauses pauses;
  EXPECT_EQ(pauses.Until("a", now), absl::InfinitePast());
  pauses.Set("a", now + kPause);
  EXPECT_EQ(pauses.Until("a", now), now + kPause);
  EXPECT_EQ(pauses.Until("b", now), absl::InfinitePast());
  EXPECT_EQ(pauses.Until("a", now + kPause), absl::InfinitePast());
}

TEST(EndpointPauses, ForgetAPauseThatWasEnded) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  EndpointPauses pauses;
  pauses.Set("a", now + kPause);
  pauses.Set("a", absl::InfinitePast());
  EXPECT_EQ(pauses.Until("a", now), absl::InfinitePast());
}

}  // namespace
}  // namespace webhooks::server
