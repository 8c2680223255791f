#include "server/observability/membership_metrics.h"

#include <string>

namespace webhooks::server {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Registry;

// The label of a transaction that runs again without an error of the database.
constexpr absl::string_view kNoState = "none";

// The error of the transactions of a server that was declared dead, and its
// label.
constexpr absl::string_view kFence = "22012";
constexpr absl::string_view kFenced = "fenced";

// The errors of transactions that others win against
// (https://www.postgresql.org/docs/15/errcodes-appendix.html). Their series
// begin at 0.
constexpr absl::string_view kConflicts[] = {"40001", "40P01", "23505"};

Family<prometheus::Gauge>& Gauges(Registry& registry, const char* name,
                                  const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Family<Counter>& Counters(Registry& registry, const char* name,
                          const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Counter& CounterOf(Registry& registry, const char* name, const char* help) {
  return Counters(registry, name, help).Add({});
}

}  // namespace

MembershipMetrics::MembershipMetrics(Registry& registry)
    : repeated_(
          Counters(registry, "webhooks_storage_transactions_repeated_total",
                   "Transactions that ran again, by the SQLSTATE of the error; "
                   "none: a call of the transaction failed; fenced: the server "
                   "had been declared dead.")),
      reconnects_(CounterOf(registry, "webhooks_database_reconnects_total",
                            "Connections to the database that were lost and "
                            "made again.")),
      beats_missed_(CounterOf(registry, "webhooks_beats_missed_total",
                              "Beats of this server that failed, or came later "
                              "than twice their interval.")),
      takeovers_(CounterOf(registry, "webhooks_takeovers_total",
                           "Servers that this one has declared dead.")),
      shards_gained_(CounterOf(registry, "webhooks_shards_gained_total",
                               "Shards that this server took.")),
      shards_lost_(CounterOf(registry, "webhooks_shards_lost_total",
                             "Shards that this server gave away or lost.")),
      connected_(Gauges(registry, "webhooks_database_connected",
                        "1 if the last beat of this server reached the "
                        "database, else 0.")
                     .Add({})),
      servers_(Gauges(registry, "webhooks_servers_alive",
                      "Servers that use the database, as this one sees them.")
                   .Add({})),
      rows_(Gauges(registry, "webhooks_database_delivery_rows",
                   "Estimated rows of the table deliveries: live, or dead and "
                   "waiting for a vacuum.")),
      shards_(Gauges(registry, "webhooks_shards_owned",
                     "Shards whose deliveries this server sends.")),
      standbys_(Gauges(registry, "webhooks_database_synchronous_standbys",
                       "Standbys that commits wait for.")),
      lag_(Gauges(registry, "webhooks_database_replication_lag_bytes",
                  "Bytes of the write-ahead log that the slowest standby has "
                  "not stored.")),
      live_rows_(rows_, {{"state", "live"}}),
      dead_rows_(rows_, {{"state", "dead"}}) {
  for (const absl::string_view state : kConflicts) {
    repeated_.Add({{"sqlstate", std::string(state)}});
  }
}

void MembershipMetrics::TransactionRepeated(absl::string_view sqlstate) {
  const absl::string_view label = sqlstate.empty()     ? kNoState
                                  : sqlstate == kFence ? kFenced
                                                       : sqlstate;
  repeated_.Add({{"sqlstate", std::string(label)}}).Increment();
}

void MembershipMetrics::MembershipChanged(const MembershipState& state) {
  connected_.Set(state.is_connected ? 1 : 0);
  servers_.Set(state.servers);
  absl::MutexLock lock(&mutex_);
  shards_.Set(state.shards);
}

void MembershipMetrics::MembershipEvents(MembershipEvent event, int count) {
  Of(event).Increment(count);
}

void MembershipMetrics::DatabaseSeen(const DatabaseState& state) {
  absl::MutexLock lock(&mutex_);
  standbys_.Set(state.synchronous_standbys);
  lag_.Set(state.replication_lag);
  live_rows_.Set(state.live_deliveries);
  dead_rows_.Set(state.dead_deliveries);
}

Counter& MembershipMetrics::Of(MembershipEvent event) {
  switch (event) {
    case MembershipEvent::kBeatMissed:
      return beats_missed_;
    case MembershipEvent::kTakeover:
      return takeovers_;
    case MembershipEvent::kShardGained:
      return shards_gained_;
    case MembershipEvent::kShardLost:
      break;
  }
  return shards_lost_;
}

}  // namespace webhooks::server
