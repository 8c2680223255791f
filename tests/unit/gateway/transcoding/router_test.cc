#include "gateway/transcoding/router.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Allowed(absl::string_view method,
                                 absl::string_view path) {
  const auto match = TestRouter().Find(method, path);
  EXPECT_TRUE(match.ok() && match->binding == nullptr) << method << ' ' << path;
  return match->allowed;
}

// Returns for example "GetThing id=7", "405" if the path has other methods,
// "404" or "400".
std::string Route(absl::string_view method, absl::string_view path) {
  const auto match = TestRouter().Find(method, path);
  if (!match.ok()) return "400";
  if (match->binding == nullptr) return match->allowed.empty() ? "404" : "405";
  std::string text = match->binding->method->name();
  for (const PathValue& value : match->path_values) {
    absl::StrAppend(&text, " ", value.field->back()->name(), "=", value.value);
  }
  return text;
}

struct RouterFindsCase {
  absl::string_view method;
  absl::string_view path;
  absl::string_view expected;
};

void PrintTo(const RouterFindsCase& c, std::ostream* out) {
  *out << c.method << ' ' << c.path;
}

class RouterFinds : public ::testing::TestWithParam<RouterFindsCase> {};

TEST_P(RouterFinds, TheBindingAndItsValues) {
  const auto& [method, path, expected] = GetParam();
  EXPECT_EQ(Route(method, path), std::string(expected))
      << method << ' ' << path;
}

constexpr RouterFindsCase kPlain[] = {
    {"GET", "/things", "ListThings"},
    {"GET", "/things/7", "GetThing id=7"},
    {"DELETE", "/things/7", "DeleteThing id=7"},
    {"GET", "/owners/me/things/7", "GetThing owner=me id=7"},
    {"GET", "/a%20b", "GetSpaced"},
    {"GET", "/%74hings", "ListThings"},
    {"GET", "/things/a=b&c;d@e", "GetThing id=a=b&c;d@e"},
    {"GET", "/things/", "404"},
    {"GET", "/things//", "404"},
    {"GET", "//things", "404"},
    {"GET", "/thing", "404"},
    {"GET", "/things/7/8", "404"},
    {"GET", "/", "404"},
    {"GET", "", "404"},
    {"OPTIONS", "*", "404"},
    {"GET", "things", "404"},
    {"get", "/things", "405"},
};
INSTANTIATE_TEST_SUITE_P(Plain, RouterFinds, ::testing::ValuesIn(kPlain));

constexpr RouterFindsCase kVerbs[] = {
    {"POST", "/things/7:rotate", "RotateThing id=7"},
    {"POST", "/things/7:test", "TestThing id=7"},
    {"POST", "/things/verify", "VerifyThing"},
    {"POST", "/things/verify:test", "TestThing id=verify"},
    {"POST", "/things:purge", "PurgeThings"},
    {"POST", "/things/7:r%6Ftate", "RotateThing id=7"},
    // The last ':' begins the verb.
    {"POST", "/things/a:b:rotate", "RotateThing id=a:b"},
    // A percent-encoded ':' does not.
    {"GET", "/things/7%3Atest", "GetThing id=7:test"},
    {"POST", "/things/7%3Atest", "405"},
    // Text that is no verb of any template is a part of the value.
    {"GET", "/things/a:b", "GetThing id=a:b"},
    {"GET", "/things/a:", "GetThing id=a:"},
    // A verb is not read as a value if another method has that verb.
    {"GET", "/things/7:rotate", "405"},
    {"DELETE", "/things/7:rotate", "405"},
    {"POST", "/things/:rotate", "405"},
    {"POST", "/things/7", "405"},
};
INSTANTIATE_TEST_SUITE_P(Verbs, RouterFinds, ::testing::ValuesIn(kVerbs));

constexpr RouterFindsCase kWildcards[] = {
    {"GET", "/files/a", "GetFile id=a"},
    {"GET", "/files/a/b/c", "GetFile id=a/b/c"},
    {"GET", "/files", "GetFile id="},
    {"GET", "/files/", "GetFile id="},
    {"GET", "/files/a//b", "GetFile id=a//b"},
    {"GET", "/files/images/7/raw/x/y", "GetImage id=images/7/raw/x/y"},
    {"GET", "/files/images/7/raw", "GetImage id=images/7/raw"},
    {"GET", "/files/images/7/thumb", "GetFile id=images/7/thumb"},
    {"DELETE", "/files/a/b:purge", "PurgeFiles id=a/b"},
    {"DELETE", "/files/images/7/raw/x:purge", "PurgeFiles id=images/7/raw/x"},
    {"DELETE", "/files/a/b", "405"},
    {"GET", "/shelves/racks/3/any/end", "GetShelf id=racks/3"},
    {"GET", "/shelves/boxes/3/any/end", "404"},
    {"GET", "/shelves/racks/3/any", "404"},
};
INSTANTIATE_TEST_SUITE_P(Wildcards, RouterFinds,
                         ::testing::ValuesIn(kWildcards));

constexpr RouterFindsCase kEncodedPaths[] = {
    {"GET", "/things/a%2Fb", "GetThing id=a/b"},
    {"GET", "/things/%E2%82%AC%20%25", "GetThing id=€ %"},
    {"GET", "/things/a+b", "GetThing id=a+b"},
    // In a value of several segments, an encoded slash stays encoded.
    {"GET", "/files/a%2Fb/c%20d", "GetFile id=a%2Fb/c d"},
    {"GET", "/things%2F7", "404"},
    {"GET", "/things/%", "400"},
    {"GET", "/things/%4", "400"},
    {"GET", "/things/%GG", "400"},
    {"GET", "/things/%00", "400"},
    {"GET", "/things/%FF", "400"},
    {"GET", "/things/%C3/%A9", "400"},
    {"GET", "/things/%ED%A0%80", "400"},
    {"GET", "/things/\xFF", "400"},
    {"GET", "/things/7:rot%", "400"},
};
INSTANTIATE_TEST_SUITE_P(Encoded, RouterFinds,
                         ::testing::ValuesIn(kEncodedPaths));

constexpr RouterFindsCase kMethods[] = {
    {"HEAD", "/things/7", "GetThing id=7"},
    {"HEAD", "/files/a", "GetFile id=a"},
    {"HEAD", "/things/7:rotate", "405"},
    {"LINK", "/links/7", "LinkThing id=7"},
    {"GET", "/links/7", "405"},
    {"POST", "/any", "LinkThing"},
    {"OPTIONS", "/any", "LinkThing"},
    {"OPTIONS", "/things", "405"},
};
INSTANTIATE_TEST_SUITE_P(Methods, RouterFinds, ::testing::ValuesIn(kMethods));

TEST(Router, PrefersTheBindingThatNamesTheMethod) {
  const auto http_path = [](absl::string_view method, absl::string_view path) {
    return &BindingOf(method, path);
  };
  EXPECT_NE(http_path("GET", "/any"), http_path("POST", "/any"));
  EXPECT_EQ(http_path("HEAD", "/any"), http_path("GET", "/any"));
  EXPECT_NE(http_path("HEAD", "/things/7/head"),
            http_path("GET", "/things/7/head"));
}

TEST(Router, ListsTheMethodsOfAPathThatHasOthers) {
  EXPECT_THAT(Allowed("PATCH", "/things/7"),
              ElementsAre("DELETE", "GET", "HEAD", "OPTIONS"));
  EXPECT_THAT(Allowed("PUT", "/things/verify"),
              ElementsAre("DELETE", "GET", "HEAD", "POST", "OPTIONS"));
  EXPECT_THAT(Allowed("PUT", "/things/7:test"), ElementsAre("POST", "OPTIONS"));
  EXPECT_THAT(Allowed("PUT", "/links/7"), ElementsAre("LINK", "OPTIONS"));
  EXPECT_THAT(Allowed("PUT", "/things:purge"), ElementsAre("POST", "OPTIONS"));
}

TEST(Router, ListsNoMethodOfAnUnknownPath) {
  EXPECT_THAT(Allowed("GET", "/nothing"), IsEmpty());
}

TEST(Router, GivesAReasonForAMalformedPath) {
  const auto match = TestRouter().Find("GET", "/things/%");
  EXPECT_EQ(match.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(match.status()), "MALFORMED_PATH");
}

TEST(Router, HasTheValuesOfTheAnnotations) {
  const Binding& echo = BindingOf("POST", "/everything");
  EXPECT_EQ(echo.rpc_path, "/webhooks.test.v1.Transcoding/Echo");
  EXPECT_EQ(echo.path_template, "/everything");
  EXPECT_EQ(echo.success_status, 201);
  EXPECT_TRUE(echo.has_body);
  EXPECT_EQ(echo.body_field, nullptr);

  const Binding& patch = BindingOf("PATCH", "/parts/a");
  EXPECT_EQ(patch.success_status, 200);
  EXPECT_EQ(patch.body_field->name(), "part");
  EXPECT_EQ(patch.response_field->name(), "part");
  ASSERT_EQ(patch.path_fields.size(), 1);
  EXPECT_EQ(patch.path_fields[0].back()->full_name(),
            "webhooks.test.v1.Part.name");
  EXPECT_FALSE(BindingOf("GET", "/things").has_body);
}

}  // namespace
}  // namespace webhooks::gateway
