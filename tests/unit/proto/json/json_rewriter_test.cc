#include "proto/json/json_rewriter.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "proto/json/json_parser.h"

namespace webhooks {
namespace {

std::string Rewrite(absl::string_view text,
                    const JsonRewriter::Options& options) {
  JsonRewriter rewriter(options);
  EXPECT_TRUE(JsonParser(rewriter, 64).Parse(text, /*is_last=*/true)) << text;
  return rewriter.Take();
}

TEST(JsonRewriter, KeepsOrderAndNumbersByDefault) {
  EXPECT_EQ(Rewrite(R"( { "b" : 1.0 , "2" : [ null ] , "a" : "\u0041" } )", {}),
            R"({"b":1.0,"2":[null],"a":"A"})");
}

TEST(JsonRewriter, ReportsADuplicateKeyAndGoesOn) {
  JsonRewriter rewriter;
  rewriter.BeginObject();
  EXPECT_TRUE(rewriter.Key("a"));
  rewriter.Value({JsonScalar::Kind::kTrue});
  EXPECT_FALSE(rewriter.Key("a"));
  rewriter.Value({JsonScalar::Kind::kNull});
  EXPECT_FALSE(rewriter.is_closed());
  rewriter.EndObject();
  EXPECT_TRUE(rewriter.is_closed());
  EXPECT_TRUE(rewriter.has_duplicate_key());
}

TEST(JsonRewriter, IsReadyForAnotherValueAfterTake) {
  JsonRewriter rewriter;
  rewriter.Value({JsonScalar::Kind::kNumber, "1"});
  EXPECT_EQ(rewriter.Take(), "1");
  rewriter.Value({JsonScalar::Kind::kString, "a"});
  EXPECT_EQ(rewriter.Take(), "\"a\"");
}

TEST(JsonRewriter, OrdersMembersAsJavaScriptInEveryObject) {
  EXPECT_EQ(Rewrite(R"({"b":{"x":1,"0":2},"1":[{"c":3,"c":4,"d":5}],"b":6})",
                    {.members = JsonRewriter::Members::kJavaScript}),
            R"({"1":[{"c":4,"d":5}],"b":6})");
}

TEST(JsonRewriter, WritesNumbersByItsPolicy) {
  const auto append = [](absl::string_view number, std::string& out) {
    absl::StrAppend(&out, "<", number, ">");
  };
  EXPECT_EQ(Rewrite("[1,-2.50]", {.append_number = append}), "[<1>,<-2.50>]");
}

}  // namespace
}  // namespace webhooks
