#include "server/observability/delivery_metrics.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "proto/time.h"
#include "server/runtime/metrics/process_metrics.h"
#include "storage/await.h"

namespace webhooks::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// Limits the time that a reader of the store needs.
constexpr int kMaxCounted = 1'000'000;

absl::string_view NameOf(AttemptResult::Outcome outcome) {
  switch (outcome) {
    case AttemptResult::Outcome::kDelivered:
      return "delivered";
    case AttemptResult::Outcome::kRetry:
      return "retry";
    case AttemptResult::Outcome::kFailed:
      return "failed";
  }
  return kOther;
}

prometheus::Counter& Ended(prometheus::Registry& registry, const char* state) {
  return prometheus::BuildCounter()
      .Name("webhooks_deliveries_ended_total")
      .Help("Deliveries after their last attempt, by final state.")
      .Register(registry)
      .Add({{"state", state}});
}

MetricFamily Gauge(const std::string& name, const std::string& help,
                   double value) {
  return SingleMetric(name, help, MetricType::Gauge, value);
}

// Returns nullopt if the store does not answer in time.
std::optional<WaitingCounts> CountWaiting(DeliveryStore& store,
                                          absl::Duration timeout) {
  Pending<absl::StatusOr<WaitingCounts>> count;
  store.CountWaiting(kMaxCounted, {absl::Now() + timeout, nullptr},
                     count.Completion());
  const auto counted = count.GetWithin(timeout);
  if (!counted || !counted->ok()) return std::nullopt;
  return **counted;
}

}  // namespace

DeliveryMetrics::DeliveryMetrics(prometheus::Registry& registry)
    : attempts_(registry, "webhooks_delivery_attempt_duration_seconds",
                "Duration of attempts in seconds, by outcome and error.",
                {"outcome", "error", ""}),
      delivered_(Ended(registry, "DELIVERED")),
      failed_(Ended(registry, "FAILED")) {}

void DeliveryMetrics::AttemptEnded(const AttemptResult& result) {
  const v1::Attempt& attempt = result.record;
  attempts_.Observe(
      {NameOf(result.outcome),
       attempt.has_error()
           ? absl::string_view(v1::Attempt::Error_Name(attempt.error()))
           : "none",
       ""},
      FromProtoDuration(attempt.total()));
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    delivered_.Increment();
  } else if (result.outcome == AttemptResult::Outcome::kFailed) {
    failed_.Increment();
  }
}

std::vector<MetricFamily> DeliveryGauges::Collect() const {
  const Scheduler::Stats stats = stats_();
  std::vector<MetricFamily> families = {
      Gauge("webhooks_delivery_attempts_in_flight",
            "Attempts in flight, or not recorded yet.", stats.in_flight),
      Gauge("webhooks_deliveries_leased", "Deliveries in flight or prefetched.",
            stats.leased),
      Gauge("webhooks_delivery_endpoints",
            "Webhooks with deliveries that wait or are in flight.",
            static_cast<double>(stats.endpoints)),
      Gauge("webhooks_delivery_oldest_due_seconds",
            "Time since the oldest delivery that waits for its attempt became "
            "due, in seconds; 0 if there is none.",
            absl::ToDoubleSeconds(stats.oldest_due_for))};
  if (const auto waiting = CountWaiting(store_, timeout_)) {
    families.push_back(
        Gauge("webhooks_deliveries_waiting",
              "Deliveries that have not ended: in flight, to be attempted, or "
              "held; counted up to a million.",
              static_cast<double>(waiting->all)));
    families.push_back(
        Gauge("webhooks_deliveries_held",
              "Deliveries that wait for their webhook to be active and to have "
              "a URL; those among the counted waiting ones.",
              static_cast<double>(waiting->held)));
  }
  return families;
}

}  // namespace webhooks::server
