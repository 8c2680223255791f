#include "server/signing/js_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/signing/js_number.h"
#include "server/signing/panora_signature.h"

namespace webhooks::server {
namespace {

// Returns `data` as JavaScript writes it; the expectations are Node's own.
std::string Js(absl::string_view data) {
  return JsMember(absl::StrCat(R"({"id":1,"data":)", data, R"(,"z":{}})"),
                  "data")
      .value_or("nothing");
}

TEST(JsMember, IsWrittenWithoutWhiteSpaceInItsOrder) {
  EXPECT_EQ(Js(R"( { "b" : [ 1 , true , null ] , "a" : { } , "c" : [ ] } )"),
            R"({"b":[1,true,null],"a":{},"c":[]})");
}

TEST(JsMember, HasArrayIndexesFirst) {
  EXPECT_EQ(Js(R"({"b":1,"10":2,"2":3,"01":4,"-1":5,"4294967295":6,)"
               R"("4294967294":7,"a":8,"1.5":9,"":10})"),
            R"({"2":3,"10":2,"4294967294":7,"b":1,"01":4,"-1":5,)"
            R"("4294967295":6,"a":8,"1.5":9,"":10})");
}

TEST(JsMember, KeepsTheLastValueOfARepeatedKeyInTheFirstPlace) {
  EXPECT_EQ(Js(R"({"a":1,"b":2,"a":{"c":3}})"), R"({"a":{"c":3},"b":2})");
}

TEST(JsMember, EscapesWhatJavaScriptEscapes) {
  EXPECT_EQ(
      Js(R"("\u0022\\\/\b\f\n\r\t\u0000\u001F\u007f\u2028\u00e9\ud83d\ude00")"),
      "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\xe2\x80\xa8\xc3\xa9"
      "\xf0\x9f\x98\x80\"");
}

TEST(JsMember, IsEmptyIfThereIsNoMember) {
  for (const absl::string_view text :
       {"", "1", "[]", "{}", R"({"Data":1})", R"({"data":1)", R"({"data":01})",
        R"({"data":1} 2)", R"([{"data":1}])", R"({"a":{"data":1}})",
        "{\"data\":\"\xff\"}"}) {
    EXPECT_EQ(JsMember(text, "data"), std::nullopt) << text;
  }
  EXPECT_EQ(JsMember(absl::StrCat(R"({"data":)", std::string(64, '['),
                                  std::string(64, ']'), "}"),
                     "data"),
            std::nullopt);
}

TEST(JsNumber, MatchesNumberToString) {
  const std::pair<double, absl::string_view> kCases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-1.5, "-1.5"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1.25e21, "1.25e+21"},
      {123456789012345680000.0, "123456789012345680000"},
      {0.000001, "0.000001"},
      {0.00000123, "0.00000123"},
      {1e-7, "1e-7"},
      {1.5e-7, "1.5e-7"},
      {0.1, "0.1"},
      {9007199254740992, "9007199254740992"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {100, "100"},
      {123.456, "123.456"},
      {1.0 / 3, "0.3333333333333333"}};
  for (const auto& [value, text] : kCases) EXPECT_EQ(JsNumber(value), text);
}

TEST(JsMember, ReadsNumbersAsDoubles) {
  EXPECT_EQ(Js("[1.0,1E3,-0,-0.0,9007199254740993,1e400,-1e400,1e-400]"),
            "[1,1000,0,0,9007199254740992,null,null,0]");
}

// node -e 'console.log(require("crypto").createHmac("sha256","whsec_s")
//   .update(JSON.stringify({b:1,a:"é"})).digest("hex"))'
TEST(PanoraSignature, MatchesJavaScript) {
  EXPECT_EQ(
      PanoraSignature(R"({"data": {"b": 1.0, "a": "\u00e9"}})", "whsec_s"),
      "2391ec7f4d660bc9e358bf732af30345959cc83e0a1cb6de655af60b3c3f2c72");
}

TEST(PanoraSignature, IsValidOnlyForItsDataAndSecret) {
  const std::string payload = R"({"data":1})";
  const std::string signature = *PanoraSignature(payload, "s");
  EXPECT_TRUE(VerifyPanoraSignature(payload, "s", signature));
  EXPECT_TRUE(VerifyPanoraSignature(R"({"x":2, "data": 1.0})", "s", signature));
  EXPECT_FALSE(VerifyPanoraSignature(R"({"data":2})", "s", signature));
  EXPECT_FALSE(VerifyPanoraSignature(payload, "t", signature));
  EXPECT_FALSE(VerifyPanoraSignature(payload, "s", ""));
  EXPECT_FALSE(VerifyPanoraSignature("nonsense", "s", signature));
}

}  // namespace
}  // namespace webhooks::server
