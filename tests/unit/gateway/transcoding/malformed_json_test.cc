#include <ostream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

using namespace std::string_literals;

std::string Repeat(absl::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) absl::StrAppend(&result, text);
  return result;
}

struct MalformedJsonCase {
  std::string name;
  std::string body;
  // The position at which the text is no longer JSON.
  int byte;
};

void PrintTo(const MalformedJsonCase& c, std::ostream* out) { *out << c.name; }

class MalformedJson : public ::testing::TestWithParam<MalformedJsonCase> {};

TEST_P(MalformedJson, IsRefusedWithItsPlace) {
  const auto request = Read("POST", "/everything", GetParam().body);
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(request.status()), "MALFORMED_JSON");
  google::rpc::ErrorInfo info;
  info.ParseFromString(std::string(*request.status().GetPayload(
      "type.googleapis.com/google.rpc.ErrorInfo")));
  EXPECT_EQ(info.metadata().at("byte"), absl::StrCat(GetParam().byte));
}

INSTANTIATE_TEST_SUITE_P(
    Every, MalformedJson,
    ::testing::Values(
        MalformedJsonCase{"OnlySpace", "  ", 2},
        MalformedJsonCase{"Word", "nope", 0},
        MalformedJsonCase{"Truncated", R"({"bool": tr)", 11},
        MalformedJsonCase{"NoClosingBrace", R"({"bool": true)", 13},
        MalformedJsonCase{"NoColon", R"({"bool" true})", 8},
        MalformedJsonCase{"NoComma", R"({"bool": true "int32": 1})", 14},
        MalformedJsonCase{"TrailingComma", R"({"bool": true,})", 14},
        MalformedJsonCase{"TrailingCommaInArray", R"({"numbers": [1,]})", 15},
        MalformedJsonCase{"BareKey", "{bool: true}", 1},
        MalformedJsonCase{"SingleQuotes", "{'bool': true}", 1},
        MalformedJsonCase{"Comment", R"({/**/"bool": true})", 1},
        MalformedJsonCase{"NaN", R"({"double": NaN})", 11},
        MalformedJsonCase{"LeadingZero", R"({"int32": 01})", 11},
        MalformedJsonCase{"PlusSign", R"({"int32": +1})", 10},
        MalformedJsonCase{"NoDigitAfterPoint", R"({"int32": 1.})", 12},
        MalformedJsonCase{"NoDigitInExponent", R"({"int32": 1e})", 12},
        MalformedJsonCase{"LoneMinus", R"({"int32": -})", 11},
        MalformedJsonCase{"TrailingGarbage", "{} x", 3},
        MalformedJsonCase{"TwoValues", "{}{}", 2},
        MalformedJsonCase{"TrailingNul", "{}\0"s, 2},
        MalformedJsonCase{"ByteOrderMark", "\xEF\xBB\xBF{}", 0},
        MalformedJsonCase{"ControlCharacter", "{\"string\": \"a\nb\"}", 13},
        MalformedJsonCase{"UnknownEscape", R"({"string": "\x"})", 13},
        MalformedJsonCase{"InvalidUtf8", "{\"string\": \"a\xFF\"}", 13},
        MalformedJsonCase{"OverlongUtf8", "{\"string\": \"\xC0\x80\"}", 12},
        MalformedJsonCase{"EncodedSurrogate", "{\"string\": \"\xED\xA0\x80\"}",
                          12},
        MalformedJsonCase{"InvalidUtf8InKey", "{\"\xFF\": 1}", 2},
        MalformedJsonCase{"InvalidUtf8InUnknown", "{\"x\": {\"\xFF\": 1}}", 8},
        MalformedJsonCase{"ExponentBomb", R"({"double": 1e99999999999})", 22}),
    [](const auto& info) { return info.param.name; });

TEST(LoneSurrogates, AreRefused) {
  for (const absl::string_view text :
       {R"("\ud800")", R"("\ud800x")", R"("\udc00")", R"("\ud800\ud800")",
        R"("\ud800\n")", R"("\udc00\ud800")", R"("\ud800\u0041")"}) {
    const auto request =
        Read("POST", "/everything", absl::StrCat("{\"string\": ", text, "}"));
    EXPECT_EQ(Reason(request.status()), "MALFORMED_JSON") << text;
  }
}

TEST(Depth, MayBe64) {
  const std::string body =
      absl::StrCat("{\"nothing\":", Repeat("[", 63), Repeat("]", 63), "}");
  EXPECT_EQ(ReadEverything(body), "INVALID_REQUEST: nothing");
}

TEST(Depth, MayNotBeMore) {
  const std::string body =
      absl::StrCat("{\"nothing\":", Repeat("[", 64), Repeat("]", 64), "}");
  EXPECT_EQ(ReadEverything(body), "MALFORMED_JSON: ");
}

TEST(Depth, OfAMillionCostsNothing) {
  EXPECT_EQ(
      ReadEverything(absl::StrCat("{\"nothing\":", Repeat("[", 1'000'000))),
      "MALFORMED_JSON: ");
  EXPECT_EQ(ReadEverything(Repeat("{\"child\":", 1'000'000)),
            "MALFORMED_JSON: ");
}

// Accepted messages must be within the depth that protobuf parsers take.
TEST(Depth, OfMessagesIsWithinTheLimitOfTheServer) {
  constexpr int kDepth = 63;
  for (const auto& [open, close] :
       {std::pair("{\"child\":", "}"), std::pair("{\"children\":[", "]}"),
        std::pair("{\"child_by_name\":{\"a\":", "}}")}) {
    const int levels = close[1] == 0 ? kDepth : kDepth / 2;
    const std::string body =
        absl::StrCat(Repeat(open, levels), "{}", Repeat(close, levels));
    const auto request = Read("POST", "/everything", body);
    ASSERT_TRUE(request.ok()) << request.status();
    std::unique_ptr<google::protobuf::Message> parsed((*request)->New());
    EXPECT_TRUE(parsed->ParseFromString((*request)->SerializeAsString()))
        << body;
  }
}

TEST(MalformedQuery, DoesNotHideMalformedJson) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a?nothing=1", "{")),
            "MALFORMED_JSON: ");
}

}  // namespace
}  // namespace webhooks::gateway
