#include "proto/time.h"

#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(Timestamp, IsCutToTheMillisecondTowardsThePast) {
  const auto after = ToTimestamp(absl::FromUnixNanos(1'999'999));
  EXPECT_EQ(after.seconds(), 0);
  EXPECT_EQ(after.nanos(), 1'000'000);
  const auto before = ToTimestamp(absl::FromUnixMillis(-1));
  EXPECT_EQ(before.seconds(), -1);
  EXPECT_EQ(before.nanos(), 999'000'000);
}

TEST(Timestamp, IsReadWithItsNanoseconds) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(1);
  timestamp.set_nanos(1);
  EXPECT_EQ(FromTimestamp(timestamp), absl::FromUnixNanos(1'000'000'001));
}

TEST(ProtoDuration, KeepsNanosecondsAndSign) {
  for (const absl::Duration duration :
       {absl::ZeroDuration(), absl::Nanoseconds(1), absl::Hours(24),
        absl::Milliseconds(1500), -absl::Milliseconds(1500)}) {
    const auto proto = ToProtoDuration(duration);
    EXPECT_EQ(FromProtoDuration(proto), duration);
    EXPECT_GE(proto.seconds() * proto.nanos(), 0);
  }
}

}  // namespace
}  // namespace webhooks
