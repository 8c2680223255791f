#include "proto/json/utf8.h"

#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(Utf8, IsValidUpToTheEdgesOfItsRanges) {
  for (const absl::string_view text :
       {"", "plain ASCII of more than one word", "\x7F", "\xC2\x80", "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
}

TEST(Utf8, IsInvalidBeyondThem) {
  for (const absl::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41",
        "\xE0\x9F\xBF", "\xE2\x82", "\xE2\x82\x41", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "12345678\xFF", "1234567\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(Utf8, ReplacesEveryByteThatIsNotWellFormed) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xFF\xC2z\xC3\xA9"), "a��z\xC3\xA9");
}

TEST(Utf8, IsShortenedBetweenCharacters) {
  EXPECT_EQ(Shorten("abc", 3), "abc");
  EXPECT_EQ(Shorten("abcd", 3), "abc...");
  EXPECT_EQ(Shorten("ab\xC3\xA9z", 3), "ab...");
}

}  // namespace
}  // namespace webhooks
