#include "server/observability/call_metrics.h"

#include <prometheus/metric_family.h>

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {
namespace {

using ::testing::UnorderedElementsAre;

std::set<std::string> Values(const prometheus::Registry& registry,
                             const std::string& label) {
  std::set<std::string> values;
  for (const auto& family : registry.Collect()) {
    for (const auto& metric : family.metric) {
      for (const auto& one : metric.label) {
        if (one.name == label) values.insert(one.value);
      }
    }
  }
  return values;
}

TEST(CallMetrics, HaveLabelsForMethodsAndCodes) {
  // Links the descriptors of WebhookService.
  v1::CreateWebhookRequest::descriptor();
  prometheus::Registry registry;
  CallMetrics metrics(registry, {"webhooks.v1.WebhookService"});
  metrics.OnCallFinished("webhooks.v1.WebhookService/Create",
                         absl::StatusCode::kOk, absl::Seconds(1));
  metrics.OnCallFinished("webhooks.v1.WebhookService/Get",
                         absl::StatusCode::kUnauthenticated, absl::Seconds(1));
  EXPECT_THAT(Values(registry, "method"),
              UnorderedElementsAre("webhooks.v1.WebhookService/Create",
                                   "webhooks.v1.WebhookService/Get"));
  EXPECT_THAT(Values(registry, "code"),
              UnorderedElementsAre("OK", "UNAUTHENTICATED"));
}

TEST(CallMetrics, CountUnknownMethodsTogether) {
  prometheus::Registry registry;
  CallMetrics metrics(registry, {"webhooks.v1.WebhookService"});
  for (const char* const name : {"a.B/C", "webhooks.v1.WebhookService/Nope"}) {
    metrics.OnCallFinished(name, absl::StatusCode::kUnimplemented,
                           absl::Seconds(1));
  }
  EXPECT_THAT(Values(registry, "method"), UnorderedElementsAre("other"));
}

}  // namespace
}  // namespace webhooks::server
