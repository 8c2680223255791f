#include "gateway/transcoding/path_template.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

// Returns for example "a/*/**:verb a.b=[1,2)", or "malformed".
std::string Parse(absl::string_view text) {
  const auto path = ParsePathTemplate(text);
  if (!path.ok()) return "malformed";
  const auto segment = [](std::string* out, const auto& segment) {
    using Kind = PathTemplate::Kind;
    out->append(segment.kind == Kind::kOne    ? "*"
                : segment.kind == Kind::kMany ? "**"
                                              : segment.literal);
  };
  std::string result = absl::StrJoin(path->segments, "/", segment);
  if (!path->verb.empty()) absl::StrAppend(&result, ":", path->verb);
  for (const auto& variable : path->variables) {
    absl::StrAppend(&result, " ", absl::StrJoin(variable.field, "."), "=[",
                    variable.begin, ",", variable.end, ")");
  }
  return result;
}

TEST(PathTemplate, TakesEveryFormOfTheGrammarApart) {
  EXPECT_EQ(Parse("/a"), "a");
  EXPECT_EQ(Parse("/a/*/**"), "a/*/**");
  EXPECT_EQ(Parse("/a/{b}"), "a/* b=[1,2)");
  EXPECT_EQ(Parse("/{a.b_c.d}/e/{f=*}"), "*/e/* a.b_c.d=[0,1) f=[2,3)");
  EXPECT_EQ(Parse("/v1/{name=a/*/b/**}"), "v1/a/*/b/** name=[1,5)");
  EXPECT_EQ(Parse("/a/{b=c/*}/d:verb"), "a/c/*/d:verb b=[1,3)");
  EXPECT_EQ(Parse("/{a}:v"), "*:v a=[0,1)");
  EXPECT_EQ(Parse("/**:v"), "**:v");
  EXPECT_EQ(Parse("/a:b/c"), "a:b/c");
  EXPECT_EQ(Parse("/{a=b:c/*}"), "b:c/* a=[0,2)");
  EXPECT_EQ(Parse("/a%20b/c%2Fd"), "a b/c/d");
}

TEST(PathTemplate, RefusesEverythingElse) {
  for (const absl::string_view text :
       {"",          "a",         "/",          "//a",        "/a/",   "/a//b",
        "/a:",       "/:v",       "/{}",        "/{a",        "/a}",   "/{a}b",
        "/b{a}",     "/{a=}",     "/{a={b}}",   "/{a=b/{c}}", "/{a.}", "/{.a}",
        "/{1a}",     "/{a-b}",    "/{a=*b}",    "/a*",        "/***",  "/**/a",
        "/{a=**}/b", "/{a=**/b}", "/**/{a=**}", "/a b",       "/a?b",  "/a#b",
        "/a%2",      "/{a/b}",    "/{a=b/}",    "/a:v{b}"}) {
    EXPECT_EQ(Parse(text), "malformed") << text;
  }
}

}  // namespace
}  // namespace webhooks::gateway
