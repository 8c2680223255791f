#include "proto/rpc/entity_tag.h"

#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(EtagCondition, IsAStarOrTagsWithCommas) {
  for (const absl::string_view good :
       {"*", " * ", "\"\"", "\"a\"", "W/\"a\"", "\"a\",\"b\"",
        "\"a\" , W/\"b\"", ",\"a\",,", "\"a,b\"", "\"\xc3\xa9\""}) {
    EXPECT_TRUE(IsEtagCondition(good)) << good;
  }
  for (const absl::string_view bad :
       {"", ",", "a", "\"a", "a\"", "\"a\"\"b\"", "\"a\" \"b\"", "w/\"a\"",
        "*,\"a\"", "\"a b\""}) {
    EXPECT_FALSE(IsEtagCondition(bad)) << bad;
  }
}

TEST(EtagCondition, MatchesNoWeakTagStrongly) {
  EXPECT_TRUE(MatchesStrongly("\"a\"", "\"b\", \"a\""));
  EXPECT_TRUE(MatchesStrongly("\"a\"", "*"));
  EXPECT_FALSE(MatchesStrongly("\"a\"", "\"A\""));
  EXPECT_FALSE(MatchesStrongly("\"a\"", "W/\"a\""));
  EXPECT_FALSE(MatchesStrongly("W/\"a\"", "W/\"a\""));
  EXPECT_FALSE(MatchesStrongly("\"a\"", "a"));
}

TEST(EtagCondition, IsWeakWhereAllOfItsTagsAre) {
  EXPECT_TRUE(IsWeakCondition("W/\"a\""));
  EXPECT_TRUE(IsWeakCondition("W/\"a\", W/\"b\""));
  for (const absl::string_view other :
       {"", "*", "\"a\"", "W/\"a\", \"b\"", "W/a"}) {
    EXPECT_FALSE(IsWeakCondition(other)) << other;
  }
}

TEST(EtagCondition, MatchesWeakTagsWeakly) {
  EXPECT_TRUE(MatchesWeakly("\"a\"", "W/\"a\""));
  EXPECT_TRUE(MatchesWeakly("W/\"a\"", "\"a\""));
  EXPECT_FALSE(MatchesWeakly("\"a\"", "\"b\""));
}

}  // namespace
}  // namespace webhooks
