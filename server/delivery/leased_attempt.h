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

// An attempt whose delivery is leased: first prefetched, then in flight. It has
// all that it takes to send and to record it. `due` and `leased_until` are
// times of the steady clock.
struct LeasedAttempt {
  // In the end, the record of the attempt.
  AttemptResult result;
  // The endpoint's settings and secrets; shared by those leased with it.
  std::shared_ptr<const EndpointLease> lease;
  // Empty once the request is sent.
  v1::Event event;
  // That of the call that published the event, until the request is sent.
  TraceHeaders trace;
  // The attempt's own, once the request is sent.
  Span span;
  // See LeasedDelivery.
  int step = 1;
  // The size of the event's data.
  std::int64_t bytes = 0;
  absl::Time due;
  absl::Time leased_until;
  // The attempt's start by the time of day: that of the signature.
  absl::Time started_at;
  bool is_ordered = false;
  // The epoch of EndpointPace in which the request began.
  int epoch = 0;
  EndpointPace::Ending ending = EndpointPace::Ending::kFailed;
  // For how long the receiver asked to be left alone.
  absl::Duration retry_after;
};

// Returns the attempts of what was leased, whose webhook is set, with times of
// the time of day. `leased_until` is left to the caller.
std::vector<std::shared_ptr<LeasedAttempt>> MakeAttempts(
    const Endpoint& endpoint, EndpointLease lease);

// Returns the settings of the endpoint that go with the attempts of `lease`,
// whose webhook is set.
EndpointPace::Settings SettingsOf(const EndpointLease& lease);

// Fills in what came of the attempt, which has ended at `now`, for its record
// and for the pace of its endpoint.
void Classify(const RetryPolicy& retries, const HttpOutcome& outcome,
              absl::Time now, double uniform_random, LeasedAttempt& attempt);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_LEASED_ATTEMPT_H_
