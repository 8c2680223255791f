#include "server/runtime/request_id.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::MatchesRegex;

TEST(RequestId, IsTheGivenOneIfValid) {
  EXPECT_EQ(RequestIdOr("order-7/retry#2"), "order-7/retry#2");
  EXPECT_EQ(RequestIdOr(std::string(128, 'a')), std::string(128, 'a'));
}

TEST(RequestId, IsNewIfTheGivenOneIsInvalid) {
  for (const std::string& unfit :
       {std::string(), std::string("two words"), std::string("line\nbreak"),
        std::string("\xC3\xA4"), std::string(129, 'a')}) {
    EXPECT_THAT(RequestIdOr(unfit), MatchesRegex("[0-9a-f]{32}"));
  }
}

TEST(RequestId, IsDifferentEachTime) {
  EXPECT_NE(RequestIdOr(""), RequestIdOr(""));
}

}  // namespace
}  // namespace webhooks
