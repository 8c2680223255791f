#include "gateway/content.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/handler_client.h"

namespace webhooks::gateway {
namespace {

RequestHead WithFields(std::vector<RequestHead::Field> fields) {
  RequestHead head;
  head.fields = std::move(fields);
  head.has_body = true;
  return head;
}

TEST(RefuseContent, AcceptsJsonWithAnyParameters) {
  for (const char* type :
       {"application/json", "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=\"UTF-8\"", "application/json; a=b",
        "application/json; charset=utf8", "application/json; charset=latin1",
        "application/json; charset=", "application/json;"}) {
    EXPECT_FALSE(RefuseContent(WithFields({{"Content-Type", type}}))) << type;
  }
}

TEST(RefuseContent, RefusesOtherTypes) {
  for (const char* type :
       {"", "text/plain", "application/jsonx", "application/json+x",
        "application/x-www-form-urlencoded", "application/json charset=utf-8",
        "application/merge-patch+json"}) {
    const auto refusal = RefuseContent(WithFields({{"Content-Type", type}}));
    ASSERT_TRUE(refusal.has_value()) << type;
    EXPECT_EQ(refusal->status, 415);
    EXPECT_EQ(refusal->reason, "UNSUPPORTED_MEDIA_TYPE");
  }
}

TEST(RefuseContent, RefusesABodyOfNoTypeOrOfTwo) {
  EXPECT_TRUE(RefuseContent(WithFields({})));
  EXPECT_TRUE(
      RefuseContent(WithFields({{"content-type", "application/json"},
                                {"content-type", "application/json"}})));
}

TEST(RefuseContent, RefusesAnEncodedBody) {
  EXPECT_TRUE(RefuseContent(WithFields(
      {{"content-type", "application/json"}, {"content-encoding", "gzip"}})));
  EXPECT_FALSE(RefuseContent(WithFields({{"content-type", "application/json"},
                                         {"content-encoding", "identity"}})));
}

TEST(RefuseContent, SendsAcceptPatch) {
  RequestHead head =
      WithFields({{"content-type", "application/merge-patch+json"}});
  head.method = "PATCH";
  EXPECT_FALSE(RefuseContent(head));
  head.fields = {{"content-type", "text/plain"}};
  EXPECT_THAT(*RefuseContent(head),
              HasHeader("Accept-Patch",
                        "application/merge-patch+json, application/json"));
}

TEST(RefuseContent, AsksNothingWithoutABody) {
  EXPECT_FALSE(RefuseContent(RequestHead()));
}

}  // namespace
}  // namespace webhooks::gateway
