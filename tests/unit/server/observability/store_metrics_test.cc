#include "server/observability/store_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class StoreMetricsTest : public ::testing::Test {
 protected:
  // Returns the counters and gauges by "name" or "name value-of-label".
  std::map<std::string, double> Values() const {
    std::map<std::string, double> values;
    for (const auto& family : registry_.Collect()) {
      for (const auto& metric : family.metric) {
        std::string name = family.name;
        for (const auto& label : metric.label) {
          absl::StrAppend(&name, " ", label.value);
        }
        values[name] = family.type == prometheus::MetricType::Gauge
                           ? metric.gauge.value
                           : metric.counter.value;
      }
    }
    return values;
  }

  // Returns the number of waits that were observed.
  std::uint64_t Waits(const std::string& kind) const {
    for (const auto& family : registry_.Collect()) {
      if (family.name != "webhooks_storage_wait_duration_seconds") continue;
      for (const auto& metric : family.metric) {
        if (metric.label[0].value == kind) return metric.histogram.sample_count;
      }
    }
    return 0;
  }

  prometheus::Registry registry_;
  StoreMetrics metrics_{registry_};
};

TEST_F(StoreMetricsTest, HaveNothingOfAMembershipThatIsNotThere) {
  metrics_.CallEnded(StoreObserver::Kind::kRead, absl::Seconds(1));
  for (const auto& [name, value] : Values()) {
    EXPECT_FALSE(absl::StrContains(name, "database_")) << name;
    EXPECT_FALSE(absl::StrContains(name, "shards_")) << name;
    EXPECT_FALSE(absl::StrContains(name, "repeated_")) << name;
  }
}

TEST_F(StoreMetricsTest, BeginAtZeroWithAMembership) {
  metrics_.MembershipChanged({true, 3, 400});
  const auto values = Values();
  EXPECT_THAT(values, Contains(Pair("webhooks_database_connected", 1)));
  EXPECT_THAT(values, Contains(Pair("webhooks_servers_alive", 3)));
  EXPECT_THAT(values, Contains(Pair("webhooks_shards_owned", 400)));
  for (const char* const name :
       {"webhooks_beats_missed_total", "webhooks_takeovers_total",
        "webhooks_shards_gained_total", "webhooks_shards_lost_total",
        "webhooks_database_reconnects_total",
        "webhooks_storage_transactions_repeated_total 40001"}) {
    EXPECT_THAT(values, Contains(Pair(name, 0)));
  }
}

TEST_F(StoreMetricsTest, CountEachEventOfAMembershipByItself) {
  metrics_.MembershipEvents(MembershipEvent::kBeatMissed, 1);
  metrics_.MembershipEvents(MembershipEvent::kTakeover, 2);
  metrics_.MembershipEvents(MembershipEvent::kShardGained, 3);
  metrics_.MembershipEvents(MembershipEvent::kShardLost, 4);
  metrics_.Reconnected();
  const auto values = Values();
  EXPECT_THAT(values, Contains(Pair("webhooks_beats_missed_total", 1)));
  EXPECT_THAT(values, Contains(Pair("webhooks_takeovers_total", 2)));
  EXPECT_THAT(values, Contains(Pair("webhooks_shards_gained_total", 3)));
  EXPECT_THAT(values, Contains(Pair("webhooks_shards_lost_total", 4)));
  EXPECT_THAT(values, Contains(Pair("webhooks_database_reconnects_total", 1)));
}

TEST_F(StoreMetricsTest, CountNoRepeatsWithoutAMembership) {
  metrics_.TransactionRepeated("");
  for (const auto& [name, value] : Values()) {
    EXPECT_THAT(name, Not(HasSubstr("transactions_repeated"))) << value;
  }
}

TEST_F(StoreMetricsTest, CountRepeatedTransactionsByTheirError) {
  metrics_.MembershipChanged({});
  metrics_.TransactionRepeated("40001");
  metrics_.TransactionRepeated("40001");
  metrics_.TransactionRepeated("");
  metrics_.TransactionRepeated("22012");
  const std::string name = "webhooks_storage_transactions_repeated_total ";
  EXPECT_THAT(Values(), Contains(Pair(name + "40001", 2)));
  EXPECT_THAT(Values(), Contains(Pair(name + "none", 1)));
  EXPECT_THAT(Values(), Contains(Pair(name + "fenced", 1)));
}

TEST_F(StoreMetricsTest, LeaveOutTheGaugesThatAreUnknown) {
  metrics_.MembershipChanged({false, 1, std::nullopt});
  metrics_.DatabaseSeen({2, 1000, 70, 7});
  auto values = Values();
  EXPECT_THAT(values, Not(Contains(Key("webhooks_shards_owned"))));
  EXPECT_THAT(values, Contains(Pair("webhooks_database_connected", 0)));
  EXPECT_THAT(values,
              Contains(Pair("webhooks_database_synchronous_standbys", 2)));
  EXPECT_THAT(values,
              Contains(Pair("webhooks_database_replication_lag_bytes", 1000)));
  EXPECT_THAT(values,
              Contains(Pair("webhooks_database_delivery_rows live", 70)));
  EXPECT_THAT(values,
              Contains(Pair("webhooks_database_delivery_rows dead", 7)));
  metrics_.DatabaseSeen({});
  for (const auto& [name, value] : Values()) {
    EXPECT_FALSE(absl::StrContains(name, "standbys")) << name;
    EXPECT_FALSE(absl::StrContains(name, "_lag_")) << name;
    EXPECT_FALSE(absl::StrContains(name, "_rows")) << name;
  }
}

TEST_F(StoreMetricsTest, ObserveTheWaitsOfEachKind) {
  metrics_.WaitEnded(StoreObserver::Kind::kRead, absl::Seconds(1));
  metrics_.WaitEnded(StoreObserver::Kind::kRead, absl::Seconds(1));
  metrics_.WaitEnded(StoreObserver::Kind::kWrite, absl::Seconds(1));
  EXPECT_EQ(Waits("read"), 2u);
  EXPECT_EQ(Waits("write"), 1u);
}

}  // namespace
}  // namespace webhooks::server
