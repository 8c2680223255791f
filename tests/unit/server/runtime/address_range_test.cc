#include "server/runtime/address_range.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks {
namespace {

using testing::StatusIs;

TEST(AddressRange, IsReadWithItsPrefix) {
  EXPECT_EQ(AddressRange::Parse("10.0.0.0/8")->bits, 104);
  EXPECT_EQ(AddressRange::Parse("0.0.0.0/0")->bits, 96);
  EXPECT_EQ(AddressRange::Parse("fd00::/8")->bits, 8);
  EXPECT_EQ(AddressRange::Parse("::/0")->bits, 0);
}

TEST(AddressRange, OfOneAddressContainsOnlyThat) {
  EXPECT_EQ(AddressRange::Parse("10.0.0.1")->bits, 128);
  EXPECT_EQ(AddressRange::Parse("10.0.0.1/32")->bits, 128);
  EXPECT_EQ(AddressRange::Parse("fd00::1")->bits, 128);
}

TEST(AddressRange, RefusesOtherText) {
  for (const char* text :
       {"", "/", "/8", "ten", "10.0.0/8", "10.0.0.0/", "10.0.0.0/33",
        "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8 ",
        "10.0.0.0/8/8", "10.0.0.0/0x8", "10.0.0.0/008x", "fd00::/129",
        "[fd00::]/8", "fe80::%eth0/64", " 10.0.0.0/8"}) {
    EXPECT_THAT(AddressRange::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(AddressRange, RefusesBitsAfterThePrefix) {
  for (const char* text : {"10.0.0.1/8", "10.128.0.0/8", "10.0.0.1/31",
                           "fd00::1/8", "::1/127", "1.0.0.0/0"}) {
    EXPECT_THAT(AddressRange::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(AddressRange, ParsesACommaSeparatedList) {
  const auto ranges = ParseAddressRanges("10.0.0.0/8,fd00::1");
  ASSERT_TRUE(ranges.ok());
  EXPECT_TRUE(AnyHolds(*ranges, *ReadIpv4("10.2.3.4")));
  EXPECT_TRUE(AnyHolds(*ranges, *ReadIpv6("fd00::1")));
  EXPECT_FALSE(AnyHolds(*ranges, *ReadIpv4("11.2.3.4")));
  EXPECT_TRUE(ParseAddressRanges("")->empty());
  EXPECT_THAT(ParseAddressRanges("10.0.0.0/8,ten"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace webhooks
