#ifndef WEBHOOKS_SERVER_OBSERVABILITY_STORE_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_STORE_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/base/call_once.h"
#include "server/observability/fault_log.h"
#include "server/observability/membership_metrics.h"
#include "storage/store_observer.h"

namespace webhooks::server {

// webhooks_storage_*, webhooks_endpoints_deactivated_total,
// webhooks_deliveries_expired_total and webhooks_deliveries_cancelled_total,
// and MembershipMetrics where the store tells of a membership.
class StoreMetrics final : public StoreObserver {
 public:
  // `registry` must outlive this.
  explicit StoreMetrics(prometheus::Registry& registry);

  void WaitingChanged(Kind kind, int change) override;
  void CallEnded(Kind kind, absl::Duration latency) override;
  void Committed(int calls, absl::Duration duration) override;
  void WaitEnded(Kind kind, absl::Duration wait) override;
  void TransactionRepeated(absl::string_view sqlstate) override;
  void Reconnected() override;
  void MembershipChanged(const MembershipState& state) override;
  void MembershipEvents(MembershipEvent event, int count) override;
  void DatabaseSeen(const DatabaseState& state) override;
  void ServerChanged(const ServerChange& change) override;
  void Checkpointed(absl::Duration duration) override;
  void LogChanged(std::int64_t bytes) override;
  // The methods below also write log lines.
  void WebhookDeactivated(const Endpoint& endpoint,
                          v1::Deactivation::Reason reason) override;
  void EventPublished(const PublishedEvent& event) override;
  void DeliveryChanged(const DeliveryChange& change) override;
  void Warned(absl::string_view about) override;
  void Faulted(absl::string_view operation, absl::string_view cause) override;

  // Writes the log lines about repeated faults that are due. Call it about once
  // a second.
  void WriteDueFaults() { fault_log_.WriteDue(); }

 private:
  // The metrics of one kind of call.
  struct OfKind {
    prometheus::Gauge& waiting;
    prometheus::Histogram& wait;
    prometheus::Histogram& latency;
  };

  static OfKind MakeKind(prometheus::Registry& registry, const char* kind);
  OfKind& Of(Kind kind) { return kind == Kind::kRead ? reads_ : writes_; }
  // Makes the metrics at the first call.
  MembershipMetrics& membership();

  prometheus::Registry& registry_;
  OfKind reads_;
  OfKind writes_;
  prometheus::Histogram& batch_;
  prometheus::Histogram& commit_;
  prometheus::Histogram& checkpoint_;
  prometheus::Gauge& log_bytes_;
  prometheus::Counter& faults_;
  prometheus::Counter& gone_;
  prometheus::Counter& failing_;
  prometheus::Counter& damaged_;
  prometheus::Counter& expired_;
  prometheus::Counter& cancelled_;
  absl::once_flag makes_membership_;
  std::optional<MembershipMetrics> membership_;
  std::atomic<bool> has_membership_ = false;
  FaultLog fault_log_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_STORE_METRICS_H_
