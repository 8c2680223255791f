#include "server/delivery/leased_attempt.h"

#include <algorithm>
#include <utility>

#include "proto/time.h"

namespace webhooks::server {
namespace {

using PaceOutcome = EndpointPace::Outcome;

PaceOutcome PaceOutcomeOf(const AttemptResult& result,
                          const HttpOutcome& outcome) {
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    return PaceOutcome::kDelivered;
  }
  return IsOverloaded(outcome) ? PaceOutcome::kOverloaded
                               : PaceOutcome::kFailed;
}

}  // namespace

std::vector<std::shared_ptr<LeasedAttempt>> MakeAttempts(
    const Endpoint& endpoint, EndpointLease lease) {
  std::vector<std::shared_ptr<LeasedAttempt>> attempts;
  std::vector<LeasedDelivery> deliveries = std::move(lease.deliveries);
  const auto shared = std::make_shared<const EndpointLease>(std::move(lease));
  for (LeasedDelivery& delivery : deliveries) {
    auto attempt = std::make_shared<LeasedAttempt>();
    attempt->result.endpoint = endpoint;
    attempt->result.lease = {std::move(delivery.id), delivery.lease};
    attempt->result.event = delivery.event.id_event();
    attempt->result.attempt = delivery.attempt;
    attempt->result.url = shared->webhook->url();
    attempt->lease = shared;
    attempt->event = std::move(delivery.event);
    attempt->trace = std::move(delivery.trace);
    attempt->step = delivery.step;
    attempt->bytes = static_cast<std::int64_t>(attempt->event.data().size());
    attempt->due = delivery.due;
    attempt->is_ordered = shared->webhook->delivery().ordered();
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

EndpointPace::Settings SettingsOf(const EndpointLease& lease) {
  EndpointPace::Settings settings;
  const v1::DeliverySettings& delivery = lease.webhook->delivery();
  settings.max_in_flight = delivery.max_in_flight();
  settings.max_per_second = delivery.max_per_second();
  settings.ordered = delivery.ordered();
  settings.catches_up = std::any_of(
      lease.deliveries.begin(), lease.deliveries.end(),
      [&](const auto& delivery) { return delivery.due < lease.resumed_at; });
  return settings;
}

void Classify(const RetryPolicy& retries, const HttpOutcome& outcome,
              absl::Time now, double uniform_random, LeasedAttempt& attempt) {
  AttemptResult& result = attempt.result;
  result.now = now;
  result.record = outcome.attempt;
  result.record.set_number(result.attempt);
  *result.record.mutable_started_at() = ToTimestamp(attempt.started_at);
  retries.Classify(outcome, attempt.step, attempt.lease->webhook->delivery(),
                   uniform_random, result);
  attempt.pace_outcome = PaceOutcomeOf(result, outcome);
  attempt.retry_after = retries.RetryAfterOf(outcome, now);
}

}  // namespace webhooks::server
