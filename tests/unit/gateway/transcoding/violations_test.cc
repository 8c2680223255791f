#include "gateway/transcoding/violations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Lt;
using ::testing::Property;
using ::testing::SizeIs;

TEST(Violations, AreOkWhileThereAreNone) {
  EXPECT_TRUE(Violations().ToStatus().ok());
}

TEST(Violations, AreInvalidArgumentsWithTheReason) {
  Violations violations;
  violations.Add("a", "must be b");
  EXPECT_EQ(violations.ToStatus().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(violations.ToStatus()), "INVALID_REQUEST");
  EXPECT_THAT(ViolationsOf(violations.ToStatus()), ElementsAre("a must be b"));
}

TEST(Violations, AreNotMoreThanTheLimit) {
  std::string body = "{\"numbers\": [0";
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&body, ",true");
  absl::StrAppend(&body, "]}");
  const auto request = Read("POST", "/everything", body);
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(Violations::kMaxCount));
}

TEST(Violations, DoNotEchoLongNames) {
  const std::string name(100'000, 'x');
  const auto request = Read(
      "POST", "/everything",
      absl::StrCat("{\"", name, "\": 1, \"by_string\": {\"", name, "\": 1}}"));
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(2));
  EXPECT_THAT(ViolationsOf(request.status()),
              Each(Property(&std::string::size, Lt(400u))));
}

TEST(Violations, DoNotEchoLongPaths) {
  std::string body = "1";
  for (int i = 0; i < 29; ++i) {
    body = absl::StrCat("{\"child_by_name\": {\"", std::string(60, 'x'),
                        "\": ", body, "}}");
  }
  const auto request = Read("POST", "/everything", body);
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(1));
  EXPECT_THAT(ViolationsOf(request.status()),
              Each(Property(&std::string::size, Lt(400u))));
}

// What is left of a request with violations, as text format has it.
std::string Rest(absl::string_view body) {
  const Binding& binding = BindingOf("POST", "/everything");
  ParsedRequest request = ReadRequest(binding, {}, "", body);
  EXPECT_EQ(Reason(request.status), "INVALID_REQUEST");
  return Summary(std::move(request.message));
}

TEST(ParsedRequest, HoldsWhateverCouldBeRead) {
  EXPECT_EQ(Rest(R"({"unknown": 1, "bool": true, "int32": "x",
                     "words": [], "child": {"int64": 1, "bool": 2}})"),
            "bool: true child { int64: 1 }");
}

TEST(ParsedRequest, KeepsTheIndexesBehindElementsThatOffend) {
  EXPECT_EQ(Rest(R"({"words": [1, "a", [], null, "b", {}]})"),
            R"(words: "" words: "a" words: "" words: "" words: "b")");
  EXPECT_EQ(Rest(R"({"numbers": ["x", 1], "kinds": ["x", 1],
                     "children": [null, {"bool": true}]})"),
            "numbers: [0, 1] kinds: [KIND_UNSPECIFIED, KIND_ROUND] "
            "children { } children { bool: true }");
}

TEST(ParsedRequest, HasNoMessageWhereTheBodyIsNotJson) {
  const ParsedRequest request =
      ReadRequest(BindingOf("POST", "/everything"), {}, "", R"({"bool": true)");
  EXPECT_EQ(Reason(request.status), "MALFORMED_JSON");
  EXPECT_EQ(request.message, nullptr);
}

TEST(ViolationPath, IsAsInJson) {
  std::string path;
  AppendMember("a", path);
  AppendMember("b_1", path);
  AppendIndex(3, path);
  AppendKey("a \"key\"", path);
  AppendMember("c d", path);
  AppendMember("", path);
  EXPECT_EQ(path, R"(a.b_1[3]["a \"key\""]["c d"][""])");
}

}  // namespace
}  // namespace webhooks::gateway
