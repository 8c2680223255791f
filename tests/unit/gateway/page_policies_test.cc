#include "gateway/page_policies.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

TEST(PagePoliciesTest, DocsMayReachNothingElse) {
  EXPECT_THAT(DocsPolicy(), Contains(Pair("Content-Security-Policy", kPolicy)));
  EXPECT_THAT(DocsPolicy(), Contains(Pair("Referrer-Policy", "no-referrer")));
}

TEST(PagePoliciesTest, TheConsoleMakesNoCodeOfStrings) {
  const std::string policy =
      std::string(kPolicy) +
      "; require-trusted-types-for 'script'; trusted-types 'none'";
  const Headers headers = ConsolePolicy({});
  EXPECT_THAT(headers, Contains(Pair("Content-Security-Policy", policy)));
  EXPECT_THAT(headers,
              Contains(Pair("Cross-Origin-Opener-Policy", "same-origin")));
  EXPECT_THAT(headers,
              Contains(Pair("Cross-Origin-Resource-Policy", "same-origin")));
}

TEST(PagePoliciesTest, TheConsoleIsEmbeddedByGivenOriginsAlone) {
  for (const auto& [name, value] :
       ConsolePolicy({"https://a.example", "https://b.example:8443"})) {
    if (name != "Content-Security-Policy") continue;
    EXPECT_THAT(
        value, ::testing::HasSubstr("; frame-ancestors https://a.example "
                                    "https://b.example:8443; require-trusted"));
    return;
  }
  FAIL() << "there is no policy";
}

TEST(PagePoliciesTest, OriginsAreListedWithCommas) {
  EXPECT_THAT(*ParseOrigins(" https://a.example, http://[::1]:81 "),
              ElementsAre("https://a.example", "http://[::1]:81"));
  EXPECT_THAT(*ParseOrigins(""), IsEmpty());
}

TEST(PagePoliciesTest, NothingElseIsAnOrigin) {
  for (const char* text :
       {"a.example", "https://", "https://a.example/path", "https://*.example",
        "https://a.example; script-src *", "'self'", "ftp://a.example"}) {
    EXPECT_EQ(ParseOrigins(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace webhooks::gateway
