#include "server/delivery/deliveries.h"

#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/time.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

// Returns a random number, uniform in [0, 1).
double UniformRandom(Entropy& entropy) {
  constexpr double kRange = 4294967296.0;  // 2^32
  const auto bytes = entropy.Bytes<4>();
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number / kRange;
}

// Returns the decision after the attempt, as the log names it.
absl::string_view DecisionOf(const RecordedAttempt& recorded) {
  switch (recorded.state) {
    case v1::Delivery::DELIVERED:
      return "delivered";
    case v1::Delivery::FAILED:
      return "failed";
    case v1::Delivery::CANCELLED:
      return "cancelled";
    default:
      return "retry";
  }
}

void LogAttempt(const AttemptResult& result, const RecordedAttempt& recorded,
                const Span& span) {
  const v1::Attempt& attempt = result.record;
  const double millis =
      absl::ToDoubleMilliseconds(FromProtoDuration(attempt.total()));
  LogEach(recorded.state == v1::Delivery::FAILED ? LogLevel::kWarning
                                                 : LogLevel::kInfo,
          "attempt",
          {{"number", attempt.number()},
           {"id_event", result.event},
           {"id_webhook_endpoint", result.endpoint.webhook},
           {"id_delivery", result.lease.delivery},
           {"project_id", result.endpoint.project},
           {"status", attempt.has_status() ? std::to_string(attempt.status())
                                           : std::string()},
           {"reason", !attempt.has_error()
                          ? std::string()
                          : v1::Attempt::Error_Name(attempt.error())},
           {"decision", DecisionOf(recorded)},
           {"retry_at",
            recorded.retry_at ? LogTime(*recorded.retry_at) : std::string()},
           {"latency_ms", millis},
           {"trace_id", span.trace_id},
           {"span_id", span.span_id},
           {"parent_id", span.parent_id}});
}

}  // namespace

Deliveries::Deliveries(DeliveryQueue& queue, Entropy& entropy,
                       const DeliveryConfig& config, AttemptObserver observer)
    : queue_(queue),
      entropy_(entropy),
      observer_(std::move(observer)),
      options_(config.scheduler),
      sender_(config.sender, &absl::Now) {}

Deliveries::~Deliveries() {
  scheduler_.reset();
  ended_.Notify();
  if (abandon_thread_.joinable()) abandon_thread_.join();
}

void Deliveries::Start() {
  scheduler_.emplace(
      queue_, sender_, options_, Scheduler::Clocks{&absl::Now, &SteadyTime},
      [this] { return UniformRandom(entropy_); },
      [this](const AttemptResult& result, const RecordedAttempt& recorded,
             const Span& span) {
        observer_(result);
        LogAttempt(result, recorded, span);
      });
}

// The scheduler abandons its own requests; the thread abandons those of other
// users of the sender.
void Deliveries::BeginStop(absl::Time deadline) {
  if (scheduler_) scheduler_->BeginStop(deadline - absl::Now());
  abandon_thread_ = std::thread([this, deadline] {
    ended_.WaitForNotificationWithDeadline(deadline);
    sender_.Abandon();
  });
}

}  // namespace webhooks::server
