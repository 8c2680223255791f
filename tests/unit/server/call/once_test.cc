#include "server/call/once.h"

#include "gtest/gtest.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1800000000);

v1::CreateWebhookRequest Request(const std::string& id) {
  v1::CreateWebhookRequest request;
  request.set_url("https://a.example/");
  request.set_request_id(id);
  return request;
}

TEST(IdempotencyOf, IsEmptyWithoutARequestId) {
  EXPECT_EQ(IdempotencyOf("p", "rpc", Request(""), kNow), std::nullopt);
}

TEST(IdempotencyOf, IsTheSameForTheSameRequest) {
  const auto a = IdempotencyOf("p", "rpc", Request("1"), kNow);
  const auto b = IdempotencyOf("p", "rpc", Request("1"), kNow);
  EXPECT_EQ(a->key, b->key);
  EXPECT_EQ(a->request, b->request);
  EXPECT_EQ(a->project, "p");
  EXPECT_EQ(a->now, kNow);
}

TEST(IdempotencyOf, HasAKeyForEachProjectAndId) {
  const auto own = IdempotencyOf("p", "rpc", Request("1"), kNow);
  EXPECT_NE(own->key, IdempotencyOf("q", "rpc", Request("1"), kNow)->key);
  EXPECT_NE(own->key, IdempotencyOf("", "rpc", Request("1"), kNow)->key);
  EXPECT_NE(own->key, IdempotencyOf("p", "rpc", Request("2"), kNow)->key);
}

TEST(IdempotencyOf, DistinguishesRequestsButNotByTheirId) {
  const auto own = IdempotencyOf("p", "rpc", Request("1"), kNow);
  v1::CreateWebhookRequest other = Request("1");
  other.clear_url();
  EXPECT_NE(own->request, IdempotencyOf("p", "rpc", other, kNow)->request);
  EXPECT_NE(own->request,
            IdempotencyOf("p", "other", Request("1"), kNow)->request);
  EXPECT_EQ(own->request,
            IdempotencyOf("p", "rpc", Request("2"), kNow)->request);
}

TEST(IdempotencyOf, IsTheSameWithAFlagForAnEmptyField) {
  v1::CreateWebhookRequest flagged = Request("1");
  flagged.set_all_events(true);
  EXPECT_EQ(IdempotencyOf("p", "rpc", flagged, kNow)->request,
            IdempotencyOf("p", "rpc", Request("1"), kNow)->request);
}

}  // namespace
}  // namespace webhooks::server
