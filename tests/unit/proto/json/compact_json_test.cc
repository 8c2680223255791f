#include "proto/json/compact_json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::Optional;

constexpr int kDepth = 64;

std::optional<std::string> Compact(absl::string_view text) {
  return CompactJson(text, kDepth);
}

std::string Nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

TEST(CompactJson, HasNoWhiteSpace) {
  EXPECT_THAT(
      Compact(" { \"a\" :\t[ 1 , true ,\r\n false , null , { } , [ ] ] } \n"),
      Optional(std::string(R"({"a":[1,true,false,null,{},[]]})")));
}

TEST(CompactJson, KeepsTheOrderOfKeys) {
  EXPECT_THAT(Compact(R"({"b": 1, "10": 2, "a": {"z": 3, "y": 4}})"),
              Optional(std::string(R"({"b":1,"10":2,"a":{"z":3,"y":4}})")));
}

TEST(CompactJson, KeepsTheDigitsOfNumbers) {
  const std::string numbers =
      "[0,-0,1.0,-1.50,1E3,1e+3,1e-3,9007199254740993,18446744073709551615,"
      "18446744073709551616,123456789012345678901234567890,1e400,"
      "0.1000000000000000055511151231257827]";
  EXPECT_THAT(Compact(numbers), Optional(numbers));
}

TEST(CompactJson, KeepsScalars) {
  for (const std::string text : {"1", "-0.0", "true", "false", "null", R"("")",
                                 R"("a b")", "[]", "{}"}) {
    EXPECT_THAT(Compact(text), Optional(text));
  }
}

TEST(CompactJson, HasOnlyNecessaryEscapes) {
  EXPECT_THAT(Compact(R"("\/\u0041\u00e9\u20ac\ud83d\ude00\u2028\u007f")"),
              Optional(std::string("\"/A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"
                                   "\xe2\x80\xa8\x7f\"")));
}

TEST(CompactJson, KeepsTheEscapesThatAreNeeded) {
  EXPECT_THAT(Compact(R"("\"\\\b\f\n\r\t\u0000\u001F")"),
              Optional(std::string(R"("\"\\\b\f\n\r\t\u0000\u001f")")));
}

TEST(CompactJson, KeepsLongStringsWhole) {
  const std::string text = '"' + std::string(300'000, 'x') + '"';
  EXPECT_THAT(Compact(text), Optional(text));
}

TEST(CompactJson, DoesNotChangeCompactText) {
  const std::string text = R"({"a":[1,{"b":"c"}],"d":{}})";
  EXPECT_THAT(Compact(text), Optional(text));
}

TEST(CompactJson, RefusesTextThatIsNotJson) {
  for (const absl::string_view text : {"",
                                       " ",
                                       "tru",
                                       "truE",
                                       "{a:1}",
                                       "{'a':1}",
                                       "[1,]",
                                       "{\"a\":1,}",
                                       "[1 2]",
                                       "01",
                                       "+1",
                                       ".5",
                                       "1.",
                                       "0x1",
                                       "NaN",
                                       "-",
                                       "// c\n1",
                                       "[1",
                                       "\"a",
                                       "\"\t\"",
                                       R"("\x41")",
                                       R"("\u12")",
                                       R"("\ud800")",
                                       R"("\udc00")",
                                       "\xef\xbb\xbf"
                                       "1"}) {
    EXPECT_EQ(Compact(text), std::nullopt) << text;
  }
}

TEST(CompactJson, RefusesSeveralValues) {
  for (const absl::string_view text : {"1 2", "{}{}", "null,", "[] x"}) {
    EXPECT_EQ(Compact(text), std::nullopt) << text;
  }
}

TEST(CompactJson, RefusesTextThatIsNotUtf8) {
  for (const absl::string_view text : {"\"\xff\"", "\"\xc3\"", "\"\xc0\x80\"",
                                       "\"\xed\xa0\x80\"", "{\"\xff\":1}"}) {
    EXPECT_EQ(Compact(text), std::nullopt);
  }
}

TEST(CompactJson, RefusesARepeatedKey) {
  for (const absl::string_view text :
       {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"([{"":1,"":2}])",
        R"({"b":{},"a":{"c":1,"c":1}})"}) {
    EXPECT_EQ(Compact(text), std::nullopt) << text;
  }
}

TEST(CompactJson, MayHaveTheSameKeyInSeveralObjects) {
  const std::string text = R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})";
  EXPECT_THAT(Compact(text), Optional(text));
}

TEST(CompactJson, RefusesTextBeyondTheDepth) {
  EXPECT_THAT(CompactJson(Nested(3), 3), Optional(Nested(3)));
  EXPECT_EQ(CompactJson(Nested(4), 3), std::nullopt);
}

TEST(JsonFault, IsEmptyForJson) { EXPECT_EQ(JsonFault(R"({"a":1})", 3), ""); }

TEST(JsonFault, HasTheByteOfTheFault) {
  struct Case {
    std::string text;
    const char* fault;
  };
  for (const Case& one : {
           Case{"{a:1}", "must be one JSON value: byte 2 is wrong"},
           Case{"[1,]", "must be one JSON value: byte 4 is wrong"},
           Case{"[1 2]", "must be one JSON value: byte 4 is wrong"},
           Case{"\"\xff\"", "must be one JSON value: byte 2 is wrong"},
           Case{"1 2", "must be one JSON value: byte 3 is wrong"},
           Case{"plain", "must be one JSON value: byte 1 is wrong"},
           Case{"", "must be one JSON value: the end is missing"},
           Case{"[1", "must be one JSON value: the end is missing"},
           Case{R"({"a":1,"a":1})",
                "must not have a key twice in an object: the second ends at "
                "byte 10"},
           Case{"[1e99999999999]",
                "must have no exponent beyond 31 bits: see byte 13"},
           Case{"[[[[]]]]",
                "must have at most 3 levels: byte 4 begins another"},
       }) {
    EXPECT_EQ(JsonFault(one.text, 3), one.fault) << one.text;
    EXPECT_EQ(CompactJson(one.text, 3), std::nullopt) << one.text;
  }
}

}  // namespace
}  // namespace webhooks
