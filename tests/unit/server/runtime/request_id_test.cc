#include "server/runtime/request_id.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::MatchesRegex;

constexpr char kTraceparent[] =
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(RequestId, IsTheOneGiven) {
  EXPECT_EQ(RequestIdOr("order-7/retry#2"), "order-7/retry#2");
  EXPECT_EQ(RequestIdOr(std::string(128, 'a')), std::string(128, 'a'));
}

TEST(RequestId, IsMadeWhereTheOneGivenIsUnfit) {
  for (const std::string& unfit :
       {std::string(), std::string("two words"), std::string("line\nbreak"),
        std::string("\xC3\xA4"), std::string(129, 'a')}) {
    EXPECT_THAT(RequestIdOr(unfit), MatchesRegex("[0-9a-f]{32}"));
  }
}

TEST(RequestId, IsAnotherEachTime) {
  EXPECT_NE(RequestIdOr(""), RequestIdOr(""));
}

TEST(TraceId, IsTheSecondPartOfTraceparent) {
  EXPECT_EQ(TraceId(kTraceparent), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(TraceId, ReadsLaterVersions) {
  EXPECT_EQ(TraceId("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-"
                    "what"),
            "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(TraceId, IsEmptyWhereTraceparentIsMalformed) {
  for (const std::string bad :
       {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"}) {
    EXPECT_EQ(TraceId(bad), "") << bad;
  }
}

}  // namespace
}  // namespace webhooks
