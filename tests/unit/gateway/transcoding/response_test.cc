#include <ostream>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/transcoding_test.pb.h"
#include "tests/unit/gateway/transcoding/test_service.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::TextFormat;
using test::v1::Everything;
using test::v1::PartRequest;

template <typename T>
T FromText(absl::string_view text) {
  T message;
  EXPECT_TRUE(TextFormat::ParseFromString(std::string(text), &message)) << text;
  return message;
}

std::string Write(absl::string_view method, absl::string_view path,
                  const google::protobuf::Message& response) {
  const auto body = WriteResponse(BindingOf(method, path), response);
  return body.ok()
             ? *body
             : absl::StrCat(absl::StatusCodeToString(body.status().code()), " ",
                            Reason(body.status()));
}

// Returns the JSON of the Everything that `text` describes.
std::string WriteEverything(absl::string_view text) {
  return Write("POST", "/everything", FromText<Everything>(text));
}

TEST(Response, HasEveryKeyOfTheReference) {
  const auto webhook = FromText<v1::Webhook>(R"(
    id_webhook_endpoint: "801f9ede" endpoint_description: "a \"hook\""
    url: "https://acme.com/webhook_receiver" secret: "whsec_" active: true
    created_at { seconds: 1727784000 } scope: "connection.created"
    id_project: "5" last_update { seconds: 1727784000 nanos: 5000000 })");
  EXPECT_EQ(Write("POST", "/everything", webhook),
            R"({"id_webhook_endpoint":"801f9ede",)"
            R"("endpoint_description":"a \"hook\"",)"
            R"("url":"https://acme.com/webhook_receiver","secret":"whsec_",)"
            R"("active":true,"created_at":"2024-10-01T12:00:00Z",)"
            R"("scope":["connection.created"],"id_project":"5",)"
            R"("last_update":"2024-10-01T12:00:00.005Z"})");
}

TEST(Response, HasNullWhereANullableFieldIsNotSet) {
  EXPECT_EQ(Write("POST", "/everything", v1::Webhook()),
            R"({"id_webhook_endpoint":"","endpoint_description":null,)"
            R"("url":null,"secret":"","active":false,"scope":null,)"
            R"("id_project":""})");
}

TEST(Response, HasAllFieldsWithoutPresenceInTheOrderOfTheirNumbers) {
  EXPECT_EQ(
      WriteEverything(""),
      R"({"int32":0,"int64":"0","uint32":0,"uint64":"0","sint32":0,)"
      R"("sint64":"0","fixed32":0,"fixed64":"0","sfixed32":0,"sfixed64":"0",)"
      R"("float":0,"double":0,"bool":false,"string":"","bytes":"",)"
      R"("kind":"KIND_UNSPECIFIED","maybe_text":null,"numbers":[],)"
      R"("words":null,"kinds":[],"children":[],"by_string":{},"by_int32":{},)"
      R"("by_int64":{},"by_uint32":{},"by_uint64":{},"by_bool":{},)"
      R"("child_by_name":{},"nullable_map":null,"kind_by_name":{},)"
      R"("fourth_choice":null,"timestamps":[],"nullable_timestamp":null})");
}

struct MemberCase {
  absl::string_view text;
  absl::string_view key_and_value;
};

void PrintTo(const MemberCase& c, std::ostream* out) { *out << c.text; }

class Member : public ::testing::TestWithParam<MemberCase> {};

TEST_P(Member, IsWrittenAsTheJsonMappingHasIt) {
  const std::string json = WriteEverything(GetParam().text);
  EXPECT_THAT(
      json,
      ::testing::AnyOf(
          ::testing::HasSubstr(absl::StrCat(GetParam().key_and_value, ",")),
          ::testing::HasSubstr(absl::StrCat(GetParam().key_and_value, "}"))));
}

constexpr MemberCase kScalars[] = {
    {"int32: -2147483648", R"("int32":-2147483648)"},
    {"int64: -9223372036854775808", R"("int64":"-9223372036854775808")"},
    {"uint64: 18446744073709551615", R"("uint64":"18446744073709551615")"},
    {"float: 0.1", R"("float":0.1)"},
    {"float: 16777216", R"("float":16777216)"},
    {"double: 0.1", R"("double":0.1)"},
    {"double: -0", R"("double":-0)"},
    {"double: 1e300", R"("double":1e+300)"},
    {"double: nan", R"("double":"NaN")"},
    {"double: inf", R"("double":"Infinity")"},
    {"float: -inf", R"("float":"-Infinity")"},
    {"bool: true", R"("bool":true)"},
    {R"(string: "a\"\\\b\f\n\r\t\001\037/\177é€😀")",
     R"("string":"a\"\\\b\f\n\r\t\u0001\u001f/)"
     "\x7Fé€😀\""},
    {R"(bytes: "\377\357")", R"("bytes":"/+8=")"},
    {"kind: KIND_ROUND", R"("kind":"KIND_ROUND")"},
    {"kind: 77", R"("kind":77)"},
    {"maybe_number: 0", R"("maybe_number":0)"},
    {"maybe_text: ''", R"("maybe_text":"")"},
    {"renamed: 'a'", R"("@other":"a")"},
    {"second_choice: 0", R"("second_choice":0)"},
};
INSTANTIATE_TEST_SUITE_P(Scalars, Member, ::testing::ValuesIn(kScalars));

constexpr MemberCase kContainers[] = {
    {"numbers: [1, 2]", R"("numbers":[1,2])"},
    {"words: ['a', 'b']", R"("words":["a","b"])"},
    {"kinds: [KIND_ROUND, 9]", R"("kinds":["KIND_ROUND",9])"},
    {"by_string { key: 'b' value: '2' } by_string { key: 'a' value: '1' }",
     R"("by_string":{"a":"1","b":"2"})"},
    {"by_int64 { key: -5 value: 'a' }", R"("by_int64":{"-5":"a"})"},
    {"by_uint32 { key: 5 value: 'a' }", R"("by_uint32":{"5":"a"})"},
    {"by_bool { key: true value: 'a' } by_bool { key: false value: 'b' }",
     R"("by_bool":{"false":"b","true":"a"})"},
    {"nullable_map { key: 'a' value: 1 }", R"("nullable_map":{"a":1})"},
    {"kind_by_name { key: 'a' value: KIND_ROUND }",
     R"("kind_by_name":{"a":"KIND_ROUND"})"},
};
INSTANTIATE_TEST_SUITE_P(Containers, Member, ::testing::ValuesIn(kContainers));

constexpr MemberCase kWellKnown[] = {
    {"timestamp {}", R"("timestamp":"1970-01-01T00:00:00Z")"},
    {"timestamp { nanos: 120000000 }",
     R"("timestamp":"1970-01-01T00:00:00.120Z")"},
    {"timestamp { nanos: 1000 }",
     R"("timestamp":"1970-01-01T00:00:00.000001Z")"},
    {"timestamp { seconds: -1 nanos: 1 }",
     R"("timestamp":"1969-12-31T23:59:59.000000001Z")"},
    {"timestamp { seconds: -62135596800 }",
     R"("timestamp":"0001-01-01T00:00:00Z")"},
    {"timestamp { seconds: 253402300799 }",
     R"("timestamp":"9999-12-31T23:59:59Z")"},
    {"duration {}", R"("duration":"0s")"},
    {"duration { seconds: -1 nanos: -500000000 }", R"("duration":"-1.500s")"},
    {"duration { nanos: -1 }", R"("duration":"-0.000000001s")"},
    {"field_mask { paths: 'a' paths: 'b_c.d_e' }", R"("field_mask":"a,bC.dE")"},
    {"empty {}", R"("empty":{})"},
};
INSTANTIATE_TEST_SUITE_P(WellKnown, Member, ::testing::ValuesIn(kWellKnown));

TEST(Response, IsInternalWhereAValueHasNoJson) {
  for (const absl::string_view text :
       {R"(bytes: "a" child { timestamp { nanos: -1 } })",
        "timestamp { seconds: 253402300800 }", "timestamp { nanos: -1 }",
        "duration { seconds: 1 nanos: -1 }", "field_mask { paths: 'aB' }"}) {
    EXPECT_EQ(WriteEverything(text), "INTERNAL RESPONSE_NOT_JSON") << text;
  }
}

TEST(Response, IsInternalWhereAStringIsNotUtf8) {
  Everything everything;
  everything.set_string("\xFF");
  EXPECT_EQ(Write("POST", "/everything", everything),
            "INTERNAL RESPONSE_NOT_JSON");
  everything.clear_string();
  (*everything.mutable_by_string())["\xFF"] = "a";
  EXPECT_EQ(Write("POST", "/everything", everything),
            "INTERNAL RESPONSE_NOT_JSON");
}

TEST(ResponseBody, OfAListIsABareArray) {
  const auto things =
      FromText<test::v1::Things>("things { id: '1' } things { id: '2' }");
  EXPECT_EQ(Write("GET", "/things", things), R"([{"id":"1"},{"id":"2"}])");
  EXPECT_EQ(Write("GET", "/things", test::v1::Things()), "[]");
}

TEST(ResponseBody, MayBeAnyField) {
  const auto part = FromText<PartRequest>(
      "part { name: 'a' size: 5 } note: 'n' number: 5 words: 'w' "
      "labels { key: 'k' value: 1 }");
  EXPECT_EQ(Write("PATCH", "/parts/a", part),
            R"({"name":"a","color":"","size":"5"})");
  EXPECT_EQ(Write("PUT", "/note", part), R"("n")");
  EXPECT_EQ(Write("PUT", "/number", part), "5");
  EXPECT_EQ(Write("PUT", "/words", part), R"(["w"])");
  EXPECT_EQ(Write("PUT", "/labels", part), R"({"k":1})");
}

TEST(ResponseBody, IsNullWhereItIsNotSet) {
  EXPECT_EQ(Write("PATCH", "/parts/a", PartRequest()), "null");
  EXPECT_EQ(Write("PUT", "/notes", PartRequest()), "null");
}

}  // namespace
}  // namespace webhooks::gateway
