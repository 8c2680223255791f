#ifndef WEBHOOKS_SERVER_DELIVERY_LEASED_ATTEMPT_H_
#define WEBHOOKS_SERVER_DELIVERY_LEASED_ATTEMPT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "server/delivery/endpoint_pace.h"
#include "server/delivery/retry_policy.h"
#include "server/delivery/sender.h"
#include "server/runtime/trace_context.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// An attempt of a leased delivery: first prefetched, then in flight. Holds
// everything that is needed to send and record it. `due` and `leased_until` are
// times of the steady clock.
struct LeasedAttempt {
  // Complete after Classify.
  AttemptResult result;
  // The endpoint's settings and secrets, shared by the attempts of one lease.
  std::shared_ptr<const EndpointLease> lease;
  // Empty once the request is sent.
  v1::Event event;
  // The trace of the call that published the event.
  TraceHeaders trace;
  // The attempt's own span; set when the request is sent.
  Span span;
  // See LeasedDelivery.
  int step = 1;
  // The size of the event's data.
  std::int64_t bytes = 0;
  absl::Time due;
  absl::Time leased_until;
  // The attempt's start by the wall clock, which is also signed.
  absl::Time started_at;
  bool is_ordered = false;
  // See EndpointPace::StartRequest.
  int epoch = 0;
  EndpointPace::Outcome pace_outcome = EndpointPace::Outcome::kFailed;
  // The wait that the receiver asked for.
  absl::Duration retry_after;
};

// Returns the attempts of `lease`, whose webhook must be set. `due` is a wall
// time, which the caller converts; the caller also sets `leased_until`.
std::vector<std::shared_ptr<LeasedAttempt>> MakeAttempts(
    const Endpoint& endpoint, EndpointLease lease);

// Returns the pace settings of the endpoint of `lease`, whose webhook must be
// set.
EndpointPace::Settings SettingsOf(const EndpointLease& lease);

// Sets the attempt's result, pace outcome and retry_after from the outcome of
// its request, which ended at `now`.
void Classify(const RetryPolicy& retries, const HttpOutcome& outcome,
              absl::Time now, double uniform_random, LeasedAttempt& attempt);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_LEASED_ATTEMPT_H_
