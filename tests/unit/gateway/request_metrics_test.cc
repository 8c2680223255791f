#include "gateway/request_metrics.h"

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using ::testing::ElementsAre;

// Returns "method route code" of each count.
std::vector<std::string> Counted(const prometheus::Registry& registry) {
  std::vector<std::string> all;
  for (const auto& family : registry.Collect()) {
    for (const auto& metric : family.metric) {
      std::map<std::string, std::string> labels;
      for (const auto& label : metric.label) labels[label.name] = label.value;
      all.push_back(labels["method"] + " " + labels["route"] + " " +
                    labels["code"]);
    }
  }
  return all;
}

TEST(RequestMetrics, CountByMethodRouteAndCode) {
  prometheus::Registry registry;
  RequestMetrics metrics(registry);
  metrics.RequestEnded("GET", "/webhooks/{id}", 404, absl::Seconds(1));
  EXPECT_THAT(Counted(registry), ElementsAre("GET /webhooks/{id} 404"));
}

TEST(RequestMetrics, CountUnknownMethodsAndPathsAsOther) {
  prometheus::Registry registry;
  RequestMetrics metrics(registry);
  for (const char* const method : {"BREW", "get", "-"}) {
    metrics.RequestEnded(method, "", 404, absl::Seconds(1));
  }
  EXPECT_THAT(Counted(registry), ElementsAre("other other 404"));
}

}  // namespace
}  // namespace webhooks::gateway
