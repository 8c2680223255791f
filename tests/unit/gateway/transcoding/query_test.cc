#include <ostream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

struct QueryCase {
  absl::string_view query;
  absl::string_view expected;
};

void PrintTo(const QueryCase& c, std::ostream* out) { *out << c.query; }

class Query : public ::testing::TestWithParam<QueryCase> {};

TEST_P(Query, FillsTheFieldsThatItNames) {
  const auto& [query, expected] = GetParam();
  EXPECT_EQ(Summary(Read("GET", absl::StrCat("/search?", query))),
            std::string(expected))
      << query;
}

constexpr QueryCase kFields[] = {
    {"", ""},
    {"&&", ""},
    {"int32=7", "int32: 7"},
    {"int32=1e2", "int32: 100"},
    {"double=-Infinity", "double: -inf"},
    {"bool=true", "bool: true"},
    {"bool=false", ""},
    {"bytes=_-8", R"(bytes: "\377\357")"},
    {"kind=KIND_ROUND", "kind: KIND_ROUND"},
    {"kind=2", "kind: KIND_SQUARE"},
    {"maybe_number=0", "maybe_number: 0"},
    {"maybeNumber=0", "maybe_number: 0"},
    {"%40other=a", "renamed: \"a\""},
    {"maybe_text=", "maybe_text: \"\""},
    {"maybe_text", "maybe_text: \"\""},
    {"numbers=1&bool=true&numbers=2", "bool: true numbers: [1, 2]"},
    {"words=a&words=b", R"(words: "a" words: "b")"},
    {"child.child.int32=7&child.bool=true",
     "child { bool: true child { int32: 7 } }"},
    {"child.numbers=1&child.numbers=2", "child { numbers: [1, 2] }"},
    {"second_choice=1", "second_choice: 1"},
    {"third_choice.int32=1&third_choice.bool=true",
     "third_choice { int32: 1 bool: true }"},
    {"timestamp=2024-10-01T14:00:00%2B02:00",
     "timestamp { seconds: 1727784000 }"},
    {"timestamps=1970-01-01T00:00:01Z&timestamps=1970-01-01T00:00:02Z",
     "timestamps { seconds: 1 } timestamps { seconds: 2 }"},
    {"duration=1.5s", "duration { seconds: 1 nanos: 500000000 }"},
    {"field_mask=a,bC", R"(field_mask { paths: "a" paths: "b_c" })"},
};
INSTANTIATE_TEST_SUITE_P(Fields, Query, ::testing::ValuesIn(kFields));

constexpr QueryCase kEncoded[] = {
    {"string=a+b%2Bc%20d", R"(string: "a b+c d")"},
    {"string=a=b&bool=true", R"(bool: true string: "a=b")"},
    {"string=%E2%82%AC", R"(string: "\342\202\254")"},
    {"string=%00", R"(string: "\000")"},
    {"string=%", "INVALID_REQUEST: "},
    {"string=%2", "INVALID_REQUEST: "},
    {"string=%zz", "INVALID_REQUEST: "},
    {"str%ng=a", "INVALID_REQUEST: "},
    {"string=%FF", "INVALID_REQUEST: "},
    {"string=\xFF", "INVALID_REQUEST: "},
    {"%FF=a", "INVALID_REQUEST: "},
};
INSTANTIATE_TEST_SUITE_P(Encoded, Query, ::testing::ValuesIn(kEncoded));

constexpr QueryCase kRefused[] = {
    {"nothing=1&bool=x&int32=y", "INVALID_REQUEST: nothing, bool, int32"},
    {"child.nothing=1", "INVALID_REQUEST: child.nothing"},
    {"a%20b.c=1", R"(INVALID_REQUEST: ["a b"].c)"},
    {"=1", R"(INVALID_REQUEST: [""])"},
    {"child=1", "INVALID_REQUEST: child"},
    {"child.=1", R"(INVALID_REQUEST: child[""])"},
    {"int32.a=1", "INVALID_REQUEST: int32.a"},
    {"children.bool=true", "INVALID_REQUEST: children.bool"},
    {"by_string=1", "INVALID_REQUEST: by_string"},
    {"by_string.a=1", "INVALID_REQUEST: by_string.a"},
    {"by_string.key=1", "INVALID_REQUEST: by_string.key"},
    {"empty=1", "INVALID_REQUEST: empty"},
    {"timestamp.seconds=1", "INVALID_REQUEST: timestamp.seconds"},
    {"timestamp=yesterday", "INVALID_REQUEST: timestamp"},
    {"int32=1&int32=1", "INVALID_REQUEST: int32"},
    {"maybe_number=1&maybeNumber=1", "INVALID_REQUEST: maybe_number"},
    {"timestamp=1970-01-01T00:00:00Z&timestamp=1970-01-01T00:00:00Z",
     "INVALID_REQUEST: timestamp"},
    {"first_choice=a&second_choice=1", "INVALID_REQUEST: second_choice"},
    {"first_choice=a&third_choice.bool=true",
     "INVALID_REQUEST: third_choice.bool"},
    {"bool=TRUE", "INVALID_REQUEST: bool"},
    {"bool=", "INVALID_REQUEST: bool"},
    {"int32=", "INVALID_REQUEST: int32"},
    {"numbers=1,2", "INVALID_REQUEST: numbers"},
};
INSTANTIATE_TEST_SUITE_P(Refused, Query, ::testing::ValuesIn(kRefused));

TEST(QueryAndPath, MayNotFillTheSameField) {
  EXPECT_EQ(Summary(Read("GET", "/things/7?id=8")), "INVALID_REQUEST: id");
  EXPECT_EQ(Summary(Read("GET", "/things/7?owner=me")),
            R"(id: "7" owner: "me")");
}

TEST(QueryAndPath, MayNotFillTheSameOneof) {
  EXPECT_EQ(Summary(Read("GET", "/choices/a?right=b")),
            "INVALID_REQUEST: right");
}

TEST(QueryAndPath, MayFillTheSameMessage) {
  EXPECT_EQ(
      Summary(Read("GET", "/parts/a/1/1970-01-01T00:00:00Z/1?part.color=red")),
      R"(part { name: "a" color: "red" } number: 1 when { } kind: KIND_ROUND)");
}

TEST(QueryAndBody, MayNotFillTheSameField) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a?part.color=red", "{}")),
            "INVALID_REQUEST: part.color");
  EXPECT_EQ(Summary(Read("POST", "/parts/a?note=b", "{}")),
            "INVALID_REQUEST: note");
}

TEST(QueryAndBody, AreReportedTogether) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a?nothing=1", R"({"color": 1})")),
            "INVALID_REQUEST: nothing, part.color");
}

}  // namespace
}  // namespace webhooks::gateway
