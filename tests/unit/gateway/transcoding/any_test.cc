#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/support/transcoding_test.pb.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

struct AnyCase {
  absl::string_view name;
  absl::string_view any;
  // The message that the Any packs, or the reason and the violated fields.
  absl::string_view expected;
};

void PrintTo(const AnyCase& c, std::ostream* out) { *out << c.any; }

// "T/" stands for the prefix of type URLs.
std::string Expand(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"T/", "type.googleapis.com/"}});
}

class Any : public ::testing::TestWithParam<AnyCase> {};

TEST_P(Any, IsReadByItsType) {
  const std::string body = absl::StrCat("{\"any\": ", GetParam().any, "}");
  EXPECT_EQ(ReadEverything(Expand(body)), Expand(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Every, Any,
    ::testing::Values(
        AnyCase{"TypeFirst",
                R"({"@type": "T/webhooks.test.v1.Thing", "id": "7"})",
                R"(any { [T/webhooks.test.v1.Thing] { id: "7" } })"},
        AnyCase{"TypeLast",
                R"({"id": "7", "@type": "T/webhooks.test.v1.Thing"})",
                R"(any { [T/webhooks.test.v1.Thing] { id: "7" } })"},
        AnyCase{"WellKnown",
                R"({"value": "1.5s", "@type": "T/google.protobuf.Duration"})",
                "any { [T/google.protobuf.Duration] { seconds: 1 "
                "nanos: 500000000 } }"},
        AnyCase{"Value",
                R"({"@type": "T/google.protobuf.Value", "value": null})",
                "any { [T/google.protobuf.Value] { null_value: NULL_VALUE } }"},
        AnyCase{"Wrapper",
                R"({"@type": "T/google.protobuf.Int64Value", "value": "5"})",
                "any { [T/google.protobuf.Int64Value] { value: 5 } }"},
        AnyCase{
            "Struct",
            R"({"@type": "T/google.protobuf.Struct", "value": {"b": 1}})",
            "any { [T/google.protobuf.Struct] { fields { key: \"b\" value { "
            "number_value: 1 } } } }"},
        AnyCase{
            "Nested",
            R"({"any": {"id": "\u0037", "@type": "T/webhooks.test.v1.Thing"},
                 "children": [{}, {"numbers": [1]}],
                 "@type": "T/webhooks.test.v1.Everything"})",
            "any { [T/webhooks.test.v1.Everything] { children { } children { "
            "numbers: [1] } any { [T/webhooks.test.v1.Thing] { id: \"7\" } } "
            "} }"},
        AnyCase{
            "AnyInAny",
            R"({"@type": "T/google.protobuf.Any",
                 "value": {"@type": "T/webhooks.test.v1.Thing"}})",
            "any { [T/google.protobuf.Any] { [T/webhooks.test.v1.Thing] { } "
            "} }"},
        AnyCase{"Empty", "{}", "any { }"},
        AnyCase{"PacksEmpty", R"({"@type": "T/google.protobuf.Empty"})",
                "any { [T/google.protobuf.Empty] { } }"},
        AnyCase{"PacksEmptyAsValue",
                R"({"@type": "T/google.protobuf.Empty", "value": {}})",
                "any { [T/google.protobuf.Empty] { } }"},
        AnyCase{"NoType", R"({"id": "7"})", "INVALID_REQUEST: any"},
        AnyCase{"TypeWithin",
                R"({"id": {"@type": "T/webhooks.test.v1.Thing"}})",
                "INVALID_REQUEST: any"},
        AnyCase{"TypeIsNoString", R"({"@type": 7})", "INVALID_REQUEST: any"},
        AnyCase{"TypeIsAnObject", R"({"@type": {}})", "INVALID_REQUEST: any"},
        AnyCase{"UnknownType", R"({"@type": "T/b.C"})", "INVALID_REQUEST: any"},
        AnyCase{"TypeWithoutHost", R"({"@type": "webhooks.test.v1.Thing"})",
                "INVALID_REQUEST: any"},
        AnyCase{"TypeTwice",
                R"({"@type": "T/webhooks.test.v1.Thing",
                 "@type": "T/webhooks.test.v1.Thing"})",
                R"(INVALID_REQUEST: any["@type"])"},
        AnyCase{"UnknownKey",
                R"({"@type": "T/webhooks.test.v1.Thing", "value": 1})",
                "INVALID_REQUEST: any.value"},
        AnyCase{"WrongType",
                R"({"id": 7, "@type": "T/webhooks.test.v1.Thing"})",
                "INVALID_REQUEST: any.id"},
        AnyCase{"NoValue", R"({"@type": "T/google.protobuf.Duration"})",
                "INVALID_REQUEST: any.value"},
        AnyCase{"WrongValue",
                R"({"@type": "T/google.protobuf.Duration", "value": 1})",
                "INVALID_REQUEST: any.value"},
        AnyCase{"ValueTwice",
                R"({"@type": "T/google.protobuf.Duration", "value": "1s",
                 "value": "1s"})",
                "INVALID_REQUEST: any.value"},
        AnyCase{"FieldsOfAWellKnown",
                R"({"@type": "T/google.protobuf.Duration", "value": "1s",
                 "seconds": 1})",
                "INVALID_REQUEST: any.seconds"},
        AnyCase{"RequiredKeys",
                R"({"@type": "T/webhooks.test.v1.Requirements", "url": null})",
                "INVALID_REQUEST: any.id"},
        AnyCase{"Array", "[]", "INVALID_REQUEST: any"},
        AnyCase{"String", "\"a\"", "INVALID_REQUEST: any"},
        AnyCase{"Null", "null", "INVALID_REQUEST: any"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(AnyRead, GoesOnAfterWhatOffends) {
  EXPECT_EQ(ReadEverything(Expand(
                R"({"anys": [{"a": [{}]}, {"@type": "T/webhooks.test.v1.Thing",
              "id": 1}], "bool": 1})")),
            "INVALID_REQUEST: anys[0], anys[1].id, bool");
}

// Each level of it is on the tape once: were it recorded again for each, this
// would take as many times as long as there are levels.
TEST(AnyRead, MayBeDeep) {
  std::string any = R"({"@type": "T/webhooks.test.v1.Thing", "id": "7"})";
  for (int i = 0; i < 60; ++i) {
    any = absl::StrCat(R"({"any": )", any,
                       R"(, "@type": "T/webhooks.test.v1.Everything"})");
  }
  const std::string body = absl::StrCat("{\"any\": ", any, "}");
  EXPECT_TRUE(Read("POST", "/everything", Expand(body)).ok());
}

}  // namespace
}  // namespace webhooks::gateway
