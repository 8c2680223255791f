#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/transcoding_test.pb.h"
#include "tests/unit/gateway/transcoding/test_service.h"

// Tests of the options of options.proto, except those for values of JSON.
namespace webhooks::gateway {
namespace {

using test::v1::MarkedAnswer;
using test::v1::MarkedRequest;

std::string Patch(absl::string_view body) {
  return Summary(Read("PATCH", "/marked/1", body));
}

// Returns the text that the field raw gets from `value`, or the violations.
std::string Raw(absl::string_view value) {
  const auto request =
      Read("PATCH", "/marked/1", absl::StrCat(R"({"raw":)", value, "}"));
  if (!request.ok()) return Summary(request);
  return static_cast<const MarkedRequest&>(**request).raw();
}

std::string Write(absl::string_view method, absl::string_view path,
                  absl::string_view answer) {
  MarkedAnswer message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(answer),
                                                            &message));
  const auto body = WriteResponse(BindingOf(method, path), message);
  return body.ok() ? *body : Reason(body.status());
}

TEST(BodyMask, NamesTheKeysOfTheBodyAlsoIfTheyAreNull) {
  EXPECT_EQ(Patch(R"({"text":null,"tags":["a"]})"),
            R"(id: "1" tags: "a" mask { paths: "text" paths: "tags" })");
}

TEST(BodyMask, IsThereOnlyWithKeys) {
  EXPECT_EQ(Patch("{}"), R"(id: "1")");
  EXPECT_EQ(Patch(""), R"(id: "1")");
}

TEST(BodyMask, NamesNoNestedKeys) {
  EXPECT_EQ(Patch(R"({"part":{"name":"n","size":null}})"),
            R"(id: "1" mask { paths: "part" } part { name: "n" })");
}

TEST(BodyMask, NamesTheKeysOfABodyField) {
  EXPECT_EQ(Summary(Read("PUT", "/marked/1/part", R"({"size":null})")),
            R"(id: "1" mask { paths: "size" } part { })");
}

TEST(BodyMask, IsNotAKeyItself) {
  EXPECT_EQ(Patch(R"({"mask":"text"})"), "INVALID_REQUEST: mask");
  EXPECT_EQ(Summary(Read("GET", "/marked?mask=text")), "INVALID_REQUEST: mask");
}

TEST(TrueIfNull, IsSetByANullOfItsFieldAlone) {
  EXPECT_EQ(Patch(R"({"tags":null})"),
            R"(id: "1" mask { paths: "tags" } no_tags: true)");
  EXPECT_EQ(Patch(R"({"tags":["a"]})"),
            R"(id: "1" tags: "a" mask { paths: "tags" })");
  EXPECT_EQ(Patch(R"({"text":null})"), R"(id: "1" mask { paths: "text" })");
}

TEST(TrueIfNull, IsNotAKeyItself) {
  EXPECT_EQ(Patch(R"({"no_tags":true})"), "INVALID_REQUEST: no_tags");
  EXPECT_EQ(Summary(Read("GET", "/marked?no_tags=true")),
            "INVALID_REQUEST: no_tags");
}

TEST(HttpHeader, IsNotAKeyOfBodyOrQuery) {
  EXPECT_EQ(Patch(R"({"condition":"x"})"), "INVALID_REQUEST: condition");
  EXPECT_EQ(Summary(Read("GET", "/marked?condition=x")),
            "INVALID_REQUEST: condition");
}

TEST(HttpHeader, IsLeftOutOfAnswersAndTheirMessages) {
  EXPECT_EQ(Write("PATCH", "/marked/1",
                  R"(name: "a" etag: "x" inner { name: "b" etag: "y" })"),
            R"({"name":"a","inner":[{"name":"b","inner":[],)"
            R"("next_page_token":""}],"next_page_token":""})");
}

TEST(HttpHeader, IsFoundByTheBinding) {
  const Binding& binding = BindingOf("PATCH", "/marked/1");
  ASSERT_EQ(binding.request_headers.size(), 2u);
  EXPECT_EQ(binding.request_headers[0].header, "If-Match");
  ASSERT_EQ(binding.response_headers.size(), 1u);
  EXPECT_EQ(binding.response_headers[0].header, "ETag");
}

TEST(RawJson, KeepsAnyValueCompactWithItsKeysOrderAndNumbersDigits) {
  EXPECT_EQ(Raw(R"( { "b" : 1.0 , "a" : [ 1e400, -0, {} , [] ],"c":null } )"),
            R"({"b":1.0,"a":[1e400,-0,{},[]],"c":null})");
  EXPECT_EQ(Raw("12345678901234567890.10"), "12345678901234567890.10");
  EXPECT_EQ(Raw("true"), "true");
  EXPECT_EQ(Raw(R"("\u00e9\/\n")"), R"("é/\n")");
  EXPECT_EQ(Raw(R"(["{",":",","])"), R"(["{",":",","])");
}

TEST(RawJson, IsUnsetByNull) {
  EXPECT_EQ(Patch(R"({"raw":null})"), R"(id: "1" mask { paths: "raw" })");
}

TEST(RawJson, RefusesAKeyTwiceWhereverItStands) {
  EXPECT_EQ(Raw(R"({"a":1,"a":1})"), "INVALID_REQUEST: raw");
  EXPECT_EQ(Raw(R"([{"a":{"b":1,"c":2,"b":3}}])"), "INVALID_REQUEST: raw");
  EXPECT_EQ(Raw(R"([{"a":1},{"a":1}])"), R"([{"a":1},{"a":1}])");
}

TEST(RawJson, DoesNotAffectTheNextKeys) {
  EXPECT_EQ(Patch(R"({"raw":{"a":1,"a":2},"text":"t","color":1})"),
            "INVALID_REQUEST: raw, color");
}

TEST(RawJson, MayBeAllOfTheBody) {
  EXPECT_EQ(Summary(Read("PUT", "/marked/1/raw", R"([ 1 ])")),
            R"(id: "1" raw: "[1]")");
}

TEST(RawJson, IsNotAQueryParameter) {
  EXPECT_EQ(Summary(Read("GET", "/marked?raw=1")), "INVALID_REQUEST: raw");
}

TEST(RawJson, IsWrittenUnchanged) {
  EXPECT_EQ(Write("PATCH", "/marked/1", R"(raw: '{"b":1.0,"a":2}')"),
            R"({"name":"","raw":{"b":1.0,"a":2},"inner":[],)"
            R"("next_page_token":""})");
  EXPECT_EQ(Write("PUT", "/marked/1/raw", R"(raw: '[1]')"), "[1]");
}

TEST(RawJson, IsNotWrittenIfItIsNotJson) {
  for (const std::string text : {"", "{", "1 2", "'a'", "{\\\"a\\\":1,}"}) {
    EXPECT_EQ(Write("PATCH", "/marked/1", absl::StrCat("raw: \"", text, "\"")),
              "RESPONSE_NOT_JSON")
        << text;
  }
}

TEST(NextPageToken, MakesAListOfPages) {
  EXPECT_NE(BindingOf("GET", "/marked").next_page_token, nullptr);
  EXPECT_EQ(BindingOf("GET", "/things/1").next_page_token, nullptr);
}

}  // namespace
}  // namespace webhooks::gateway
