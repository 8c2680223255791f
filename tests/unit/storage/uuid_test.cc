#include "storage/uuid.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::Eq;
using ::testing::Optional;

// The example of RFC 9562, appendix A.6.
TEST(Uuid, Version7FollowsTheSpecificationsExample) {
  const Uuid uuid =
      MakeUuidV7(absl::FromUnixMillis(0x017F22E279B0),
                 {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F});
  EXPECT_EQ(FormatUuid(uuid), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, ParsesWhatItFormats) {
  const Uuid uuid = MakeUuidV7(absl::FromUnixMillis(1), {1, 2, 3, 4, 5, 6, 7});
  EXPECT_THAT(ParseUuid(FormatUuid(uuid)), Optional(Eq(uuid)));
}

TEST(Uuid, ParsesUpperCase) {
  EXPECT_EQ(ParseUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"),
            ParseUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
}

TEST(Uuid, RefusesOtherText) {
  EXPECT_EQ(ParseUuid(""), std::nullopt);
  EXPECT_EQ(ParseUuid("017f22e279b07cc398c4dc0c0c07398f"), std::nullopt);
  EXPECT_EQ(ParseUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398"), std::nullopt);
  EXPECT_EQ(ParseUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"), std::nullopt);
  EXPECT_EQ(ParseUuid("017f22e2+79b0-7cc3-98c4-dc0c0c07398f"), std::nullopt);
}

}  // namespace
}  // namespace webhooks
