#ifndef WEBHOOKS_SERVER_OBSERVABILITY_MEMBERSHIP_METRICS_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_MEMBERSHIP_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/store_observer.h"

namespace webhooks::server {

// The metrics of a database that several servers can use: webhooks_database_*,
// webhooks_servers_alive, webhooks_shards_*, webhooks_beats_missed_total,
// webhooks_takeovers_total and webhooks_storage_transactions_repeated_total.
// Made only for such a database, so that another one has none of these series.
// Thread-safe.
class MembershipMetrics {
 public:
  // `registry` must outlive this.
  explicit MembershipMetrics(prometheus::Registry& registry);

  // See StoreObserver.
  void TransactionRepeated(absl::string_view sqlstate);
  void Reconnected() { reconnects_.Increment(); }
  void MembershipChanged(const MembershipState& state);
  void MembershipEvents(MembershipEvent event, int count);
  void DatabaseSeen(const DatabaseState& state);

 private:
  // A gauge that is absent while its value is unknown.
  class OptionalGauge {
   public:
    OptionalGauge(prometheus::Family<prometheus::Gauge>& family,
                  prometheus::Labels labels = {})
        : family_(family), labels_(std::move(labels)) {}

    template <typename T>
    void Set(const std::optional<T>& value) {
      if (gauge_ == nullptr && value) gauge_ = &family_.Add(labels_);
      if (value) return gauge_->Set(static_cast<double>(*value));
      if (gauge_ != nullptr) family_.Remove(gauge_);
      gauge_ = nullptr;
    }

   private:
    prometheus::Family<prometheus::Gauge>& family_;
    const prometheus::Labels labels_;
    prometheus::Gauge* gauge_ = nullptr;
  };

  prometheus::Counter& Of(MembershipEvent event);

  prometheus::Family<prometheus::Counter>& repeated_;
  prometheus::Counter& reconnects_;
  prometheus::Counter& beats_missed_;
  prometheus::Counter& takeovers_;
  prometheus::Counter& shards_gained_;
  prometheus::Counter& shards_lost_;
  prometheus::Gauge& connected_;
  prometheus::Gauge& servers_;
  prometheus::Family<prometheus::Gauge>& rows_;

  absl::Mutex mutex_;
  OptionalGauge shards_ ABSL_GUARDED_BY(mutex_);
  OptionalGauge standbys_ ABSL_GUARDED_BY(mutex_);
  OptionalGauge lag_ ABSL_GUARDED_BY(mutex_);
  OptionalGauge live_rows_ ABSL_GUARDED_BY(mutex_);
  OptionalGauge dead_rows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_MEMBERSHIP_METRICS_H_
