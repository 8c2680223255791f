#include "server/runtime/metrics/latencies.h"

#include <prometheus/metric_family.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Returns how often something was observed, by "name=value ...".
std::map<std::string, std::uint64_t> Counts(
    const prometheus::Registry& registry) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& family : registry.Collect()) {
    for (const auto& metric : family.metric) {
      std::map<std::string, std::string> sorted;
      for (const auto& label : metric.label) sorted[label.name] = label.value;
      std::string key;
      for (const auto& [name, value] : sorted) {
        absl::StrAppend(&key, key.empty() ? "" : " ", name, "=", value);
      }
      counts[key] = metric.histogram.sample_count;
    }
  }
  return counts;
}

TEST(Latencies, AreCountedByTheirLabels) {
  prometheus::Registry registry;
  Latencies latencies(registry, "call_seconds", "Calls.", {"a", "b", ""});
  latencies.Observe({"x", "y", ""}, absl::Seconds(1));
  latencies.Observe({"x", "y", ""}, absl::Seconds(1));
  latencies.Observe({"x", "z", ""}, absl::Seconds(1));
  EXPECT_THAT(Counts(registry),
              ElementsAre(Pair("a=x b=y", 2), Pair("a=x b=z", 1)));
}

TEST(Latencies, AreMeasuredInSeconds) {
  prometheus::Registry registry;
  Latencies latencies(registry, "call_seconds", "Calls.", {"a", "", ""});
  latencies.Observe({"x", "", ""}, absl::Milliseconds(250));
  EXPECT_DOUBLE_EQ(registry.Collect()[0].metric[0].histogram.sample_sum, 0.25);
}

TEST(Latencies, DoNotGrowWithoutBound) {
  prometheus::Registry registry;
  Latencies latencies(registry, "call_seconds", "Calls.", {"a", "", ""});
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < Latencies::kMaxHistograms + 50; ++i) {
      latencies.Observe({std::to_string(i), "", ""}, absl::Seconds(1));
    }
  }
  const auto counts = Counts(registry);
  EXPECT_EQ(counts.size(), Latencies::kMaxHistograms + 1);
  EXPECT_EQ(counts.at("a=other"), 100u);
  EXPECT_EQ(counts.at("a=0"), 2u);
}

}  // namespace
}  // namespace webhooks
