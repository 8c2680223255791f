#include "gateway/content.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

RequestHead WithFields(std::vector<RequestHead::Field> fields) {
  RequestHead head;
  head.fields = std::move(fields);
  head.has_body = true;
  return head;
}

TEST(CheckContent, TakesJsonInUtf8) {
  for (const char* type :
       {"application/json", "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=\"UTF-8\"", "application/json; a=b"}) {
    EXPECT_TRUE(CheckContent(WithFields({{"Content-Type", type}})).ok())
        << type;
  }
}

TEST(CheckContent, RefusesOtherTypes) {
  for (const char* type :
       {"", "text/plain", "application/jsonx", "application/json+x",
        "application/x-www-form-urlencoded", "application/json; charset=latin1",
        "application/json; charset=\"utf-8", "application/json; charset="}) {
    EXPECT_EQ(Reason(CheckContent(WithFields({{"Content-Type", type}}))),
              "UNSUPPORTED_MEDIA_TYPE")
        << type;
  }
}

TEST(CheckContent, RefusesABodyOfNoTypeOrOfTwo) {
  EXPECT_FALSE(CheckContent(WithFields({})).ok());
  EXPECT_FALSE(CheckContent(WithFields({{"content-type", "application/json"},
                                        {"content-type", "application/json"}}))
                   .ok());
}

TEST(CheckContent, RefusesAnEncodedBody) {
  EXPECT_FALSE(CheckContent(WithFields({{"content-type", "application/json"},
                                        {"content-encoding", "gzip"}}))
                   .ok());
  EXPECT_TRUE(CheckContent(WithFields({{"content-type", "application/json"},
                                       {"content-encoding", "identity"}}))
                  .ok());
}

TEST(CheckContent, AsksNothingWithoutABody) {
  EXPECT_TRUE(CheckContent(RequestHead()).ok());
}

}  // namespace
}  // namespace webhooks::gateway
