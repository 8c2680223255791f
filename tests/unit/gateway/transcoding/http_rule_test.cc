#include <ostream>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/router.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/support/transcoding_test.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::TextFormat;

// Makes a router of one service. `methods` has its methods in text format, by
// default from PartRequest to PartRequest.
class HttpRule : public ::testing::Test {
 protected:
  absl::Status Make(absl::string_view methods) {
    FileDescriptorProto file;
    const std::string text = absl::StrCat(
        "name: 'rules.proto' package: 'rules' "
        "dependency: 'tests/support/transcoding_test.proto' "
        "service { name: 'Rules' ",
        methods, "}");
    EXPECT_TRUE(TextFormat::ParseFromString(text, &file)) << text;
    for (auto& method : *file.mutable_service(0)->mutable_method()) {
      if (!method.has_input_type()) {
        method.set_input_type(".webhooks.test.v1.PartRequest");
      }
      method.set_output_type(".webhooks.test.v1.PartRequest");
    }
    const auto* built = pool_.BuildFile(file);
    EXPECT_NE(built, nullptr);
    return Router::Make({built->service(0)}).status();
  }

  absl::Status MakeRule(absl::string_view rule) {
    return Make(absl::StrCat("method { name: 'Do' options { ",
                             "[google.api.http] { ", rule, "} } }"));
  }

 private:
  const test::v1::PartRequest linked_;
  DescriptorPool pool_{DescriptorPool::generated_pool()};
};

struct BadHttpRuleCase {
  absl::string_view name;
  absl::string_view rule;
};

void PrintTo(const BadHttpRuleCase& c, std::ostream* out) { *out << c.name; }

class BadHttpRule : public HttpRule,
                    public ::testing::WithParamInterface<BadHttpRuleCase> {};

TEST_P(BadHttpRule, NamesItsRpc) {
  const absl::Status status = MakeRule(GetParam().rule);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("rules.Rules.Do"));
}

INSTANTIATE_TEST_SUITE_P(
    Every, BadHttpRule,
    ::testing::Values(
        BadHttpRuleCase{"NoPattern", ""},
        BadHttpRuleCase{"MalformedTemplate", "get: '/a/{'"},
        BadHttpRuleCase{"UnknownField", "get: '/{nothing}'"},
        BadHttpRuleCase{"UnknownNestedField", "get: '/{part.nothing}'"},
        BadHttpRuleCase{"FieldOfAScalar", "get: '/{note.a}'"},
        BadHttpRuleCase{"RepeatedField", "get: '/{words}'"},
        BadHttpRuleCase{"MapField", "get: '/{labels}'"},
        BadHttpRuleCase{"MessageField", "get: '/{part}'"},
        BadHttpRuleCase{"SameFieldTwice", "get: '/{note}/{note}'"},
        BadHttpRuleCase{"UnknownBody", "post: '/a' body: 'nothing'"},
        BadHttpRuleCase{"NestedBody", "post: '/a' body: 'part.name'"},
        BadHttpRuleCase{"UnknownResponseBody",
                        "get: '/a' response_body: 'nothing'"},
        BadHttpRuleCase{"PathIsBody", "post: '/{note}' body: 'note'"},
        BadHttpRuleCase{"CustomWithoutKind", "custom { path: '/a' }"},
        BadHttpRuleCase{"BadAdditional",
                        "get: '/a' additional_bindings { get: 'b' }"},
        BadHttpRuleCase{"RepeatsItself",
                        "get: '/a' additional_bindings { get: '/a' }"},
        BadHttpRuleCase{
            "RepeatsTheShape",
            "get: '/{note}' additional_bindings { get: '/{number}' }"},
        BadHttpRuleCase{
            "RepeatsTheVerb",
            "post: '/**:a' additional_bindings { post: '/{note=**}:a' }"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(HttpRule, MayDifferByMethodOrVerbAlone) {
  EXPECT_TRUE(MakeRule("get: '/{note}' additional_bindings { put: '/{note}' } "
                       "additional_bindings { get: '/{note}:a' } "
                       "additional_bindings { get: '/{note}:b' }")
                  .ok());
}

TEST_F(HttpRule, IsNotNeeded) {
  EXPECT_TRUE(Make("method { name: 'Do' }").ok());
}

TEST_F(HttpRule, IsRefusedWithAFlagOfAFieldThatHasNoNull) {
  const absl::Status status = Make(
      "method { name: 'Do' input_type: '.webhooks.test.v1.BadFlagRequest' "
      "options { [google.api.http] { post: '/a' body: '*' } } }");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("flag"));
}

TEST_F(HttpRule, IsRefusedForAStream) {
  EXPECT_EQ(Make("method { name: 'Do' server_streaming: true options { "
                 "[google.api.http] { get: '/a' } } }")
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace webhooks::gateway
