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

TEST(OnceOf, IsNothingWithoutARequestId) {
  EXPECT_EQ(OnceOf("p", "rpc", Request(""), kNow), std::nullopt);
}

TEST(OnceOf, IsTheSameForTheSame) {
  const auto a = OnceOf("p", "rpc", Request("1"), kNow);
  const auto b = OnceOf("p", "rpc", Request("1"), kNow);
  EXPECT_EQ(a->key, b->key);
  EXPECT_EQ(a->request, b->request);
  EXPECT_EQ(a->project, "p");
  EXPECT_EQ(a->now, kNow);
}

TEST(OnceOf, HasAKeyForEachProjectAndId) {
  const auto own = OnceOf("p", "rpc", Request("1"), kNow);
  EXPECT_NE(own->key, OnceOf("q", "rpc", Request("1"), kNow)->key);
  EXPECT_NE(own->key, OnceOf("", "rpc", Request("1"), kNow)->key);
  EXPECT_NE(own->key, OnceOf("p", "rpc", Request("2"), kNow)->key);
}

TEST(OnceOf, TellsRequestsApartButNotByTheirId) {
  const auto own = OnceOf("p", "rpc", Request("1"), kNow);
  v1::CreateWebhookRequest other = Request("1");
  other.clear_url();
  EXPECT_NE(own->request, OnceOf("p", "rpc", other, kNow)->request);
  EXPECT_NE(own->request, OnceOf("p", "other", Request("1"), kNow)->request);
  EXPECT_EQ(own->request, OnceOf("p", "rpc", Request("2"), kNow)->request);
}

}  // namespace
}  // namespace webhooks::server
