#include "server/call/stable_bytes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::server {
namespace {

v1::Webhook WithHeaders(int count) {
  v1::Webhook webhook;
  for (int i = 0; i < count; ++i) {
    (*webhook.mutable_delivery()->mutable_headers())[absl::StrCat("h", i)] =
        std::string(100, 'x');
  }
  return webhook;
}

std::string BytesOf(const v1::Webhook& webhook) {
  std::string bytes = "something else";
  EXPECT_TRUE(WriteStably(webhook, bytes));
  return bytes;
}

TEST(StableBytes, AreTheMessage) {
  for (const int count : {0, 1, 50, 5000}) {
    const v1::Webhook webhook = WithHeaders(count);
    v1::Webhook read;
    ASSERT_TRUE(read.ParseFromString(BytesOf(webhook)));
    EXPECT_TRUE(
        google::protobuf::util::MessageDifferencer::Equals(read, webhook));
  }
}

TEST(StableBytes, AreEmptyForAnEmptyMessage) {
  EXPECT_EQ(BytesOf(v1::Webhook()), "");
}

TEST(StableBytes, AreTheSameForAnyOrderOfAMap) {
  const std::string first = BytesOf(WithHeaders(50));
  v1::Webhook again;
  ASSERT_TRUE(again.ParseFromString(first));
  EXPECT_EQ(BytesOf(again), first);
  EXPECT_EQ(BytesOf(WithHeaders(50)), first);
}

}  // namespace
}  // namespace webhooks::server
