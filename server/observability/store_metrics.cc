#include "server/observability/store_metrics.h"

#include <string>

#include "server/observability/delivery_log.h"
#include "server/observability/server_log.h"
#include "server/runtime/log.h"
#include "server/runtime/metrics/latencies.h"

namespace webhooks::server {
namespace {

using prometheus::Histogram;
using prometheus::Registry;

Histogram& Seconds(Registry& registry, const std::string& name,
                   const std::string& help,
                   const prometheus::Labels& labels = {}) {
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(registry)
      .Add(labels, LatencyBuckets());
}

Histogram& Batches(Registry& registry) {
  return prometheus::BuildHistogram()
      .Name("webhooks_storage_batch_calls")
      .Help("Number of calls in one transaction.")
      .Register(registry)
      .Add({},
           Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256, 512});
}

prometheus::Gauge& Gauge(Registry& registry, const std::string& name,
                         const std::string& help,
                         const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(
      labels);
}

prometheus::Counter& Count(Registry& registry, const char* name,
                           const char* help) {
  return prometheus::BuildCounter()
      .Name(name)
      .Help(help)
      .Register(registry)
      .Add({});
}

prometheus::Counter& Deactivations(Registry& registry, const char* reason) {
  return prometheus::BuildCounter()
      .Name("webhooks_endpoints_deactivated_total")
      .Help(
          "Webhooks deactivated because of failed attempts or damaged records.")
      .Register(registry)
      .Add({{"reason", reason}});
}

void LogFaults(absl::string_view operation, absl::string_view cause,
               int count) {
  if (count > 1) {
    return Log(LogLevel::kError, "storage fault",
               {{"operation", operation}, {"cause", cause}, {"count", count}});
  }
  Log(LogLevel::kError, "storage fault",
      {{"operation", operation}, {"cause", cause}});
}

}  // namespace

StoreMetrics::OfKind StoreMetrics::MakeKind(Registry& registry,
                                            const char* kind) {
  return {Gauge(registry, "webhooks_storage_calls_waiting",
                "Calls that wait in the queue of the store.", {{"kind", kind}}),
          Seconds(registry, "webhooks_storage_wait_duration_seconds",
                  "Time in seconds for which store calls waited for a "
                  "connection.",
                  {{"kind", kind}}),
          Seconds(registry, "webhooks_storage_call_duration_seconds",
                  "Duration of store calls in seconds, including the wait.",
                  {{"kind", kind}})};
}

StoreMetrics::StoreMetrics(Registry& registry)
    : registry_(registry),
      reads_(MakeKind(registry, "read")),
      writes_(MakeKind(registry, "write")),
      batch_(Batches(registry)),
      commit_(Seconds(registry, "webhooks_storage_commit_duration_seconds",
                      "Duration of transactions in seconds, until durable.")),
      checkpoint_(
          Seconds(registry, "webhooks_storage_checkpoint_duration_seconds",
                  "Duration of write-ahead log checkpoints in seconds.")),
      log_bytes_(Gauge(registry, "webhooks_storage_wal_bytes",
                       "Bytes in the write-ahead log that are not in the "
                       "database file yet.")),
      faults_(Count(registry, "webhooks_storage_faults_total",
                    "Errors of the disk or the database, for example when it "
                    "is full. The log has the cause of each.")),
      gone_(Deactivations(registry, "GONE")),
      failing_(Deactivations(registry, "FAILING")),
      damaged_(Deactivations(registry, "DAMAGED")),
      expired_(Count(registry, "webhooks_deliveries_expired_total",
                     "Deliveries that failed because they waited longer than "
                     "the retention period. The log names their webhooks.")),
      cancelled_(Count(registry, "webhooks_deliveries_cancelled_total",
                       "Deliveries that were cancelled, by a call or because "
                       "their webhook was removed.")),
      fault_log_(&LogFaults, &SteadyNow) {}

void StoreMetrics::WaitingChanged(Kind kind, int change) {
  Of(kind).waiting.Increment(change);
}

void StoreMetrics::CallEnded(Kind kind, absl::Duration latency) {
  Of(kind).latency.Observe(absl::ToDoubleSeconds(latency));
}

void StoreMetrics::Committed(int calls, absl::Duration duration) {
  batch_.Observe(calls);
  commit_.Observe(absl::ToDoubleSeconds(duration));
}

void StoreMetrics::WaitEnded(Kind kind, absl::Duration wait) {
  Of(kind).wait.Observe(absl::ToDoubleSeconds(wait));
}

void StoreMetrics::TransactionRepeated(absl::string_view sqlstate) {
  if (has_membership_) membership().TransactionRepeated(sqlstate);
}

void StoreMetrics::Reconnected() { membership().Reconnected(); }

void StoreMetrics::MembershipChanged(const MembershipState& state) {
  membership().MembershipChanged(state);
}

void StoreMetrics::MembershipEvents(MembershipEvent event, int count) {
  membership().MembershipEvents(event, count);
}

void StoreMetrics::DatabaseSeen(const DatabaseState& state) {
  membership().DatabaseSeen(state);
}

void StoreMetrics::ServerChanged(const ServerChange& change) {
  if (change.kind == ServerChange::Kind::kDatabaseBack) fault_log_.Flush();
  LogServerChange(change);
}

MembershipMetrics& StoreMetrics::membership() {
  absl::call_once(makes_membership_, [this] {
    membership_.emplace(registry_);
    has_membership_ = true;
  });
  return *membership_;
}

void StoreMetrics::Checkpointed(absl::Duration duration) {
  checkpoint_.Observe(absl::ToDoubleSeconds(duration));
}

void StoreMetrics::LogChanged(std::int64_t bytes) {
  log_bytes_.Set(static_cast<double>(bytes));
}

void StoreMetrics::WebhookDeactivated(const Endpoint& endpoint,
                                      v1::Deactivation::Reason reason) {
  LogDeactivation(endpoint, reason);
  switch (reason) {
    case v1::Deactivation::GONE:
      return gone_.Increment();
    case v1::Deactivation::DAMAGED:
      return damaged_.Increment();
    default:
      return failing_.Increment();
  }
}

void StoreMetrics::EventPublished(const PublishedEvent& event) {
  LogPublication(event);
}

void StoreMetrics::DeliveryChanged(const DeliveryChange& change) {
  if (change.kind == DeliveryChange::Kind::kExpired) expired_.Increment();
  if (change.kind == DeliveryChange::Kind::kCancelled) cancelled_.Increment();
  LogChange(change);
}

void StoreMetrics::Warned(absl::string_view about) {
  Log(LogLevel::kWarning, "storage warning", {{"about", about}});
}

void StoreMetrics::Faulted(absl::string_view operation,
                           absl::string_view cause) {
  faults_.Increment();
  fault_log_.Add(operation, cause);
}

}  // namespace webhooks::server
