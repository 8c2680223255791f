#ifndef WEBHOOKS_STORAGE_DELIVERY_QUEUE_H_
#define WEBHOOKS_STORAGE_DELIVERY_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// The receiving side of a webhook.
struct Endpoint {
  std::string project;
  std::string webhook;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Endpoint& endpoint) {
    return H::combine(std::move(h), endpoint.webhook);
  }
};

// The time of an endpoint's next delivery that is not leased.
struct EndpointDue {
  // Without a webhook: every endpoint of the project.
  Endpoint endpoint;
  absl::Time due;
  // True if the URL, the secrets or the settings have changed. Leases of the
  // endpoint whose attempts have not begun should then be given up.
  bool has_changed = false;
  // True if the endpoint should be tried although its receiver asked for a
  // pause: a caller requested it, or the receiver has changed.
  bool is_urgent = false;
};

// Identifies one of the leases of a delivery.
struct LeaseName {
  std::string delivery;
  std::int64_t lease = 0;
};

// A delivery that only the holder of its lease may attempt.
struct LeasedDelivery {
  std::string id;
  // The same as LeaseName.lease.
  std::int64_t lease = 0;
  // The number of the attempt, from 1 on.
  int attempt = 1;
  // The number of the attempt since the schedule last restarted.
  int step = 1;
  // When the attempt became due.
  absl::Time due;
  v1::Event event;
  // The trace of the call that published the event.
  TraceHeaders trace;
};

// Requests at most `limit` deliveries of an endpoint.
struct LeaseRequest {
  Endpoint endpoint;
  int limit = 1;
};

// The answer to a LeaseRequest.
struct EndpointLease {
  // An error if the endpoint's records could not be read; nothing is leased
  // then. DATA_LOSS (RECORD_DAMAGED): its webhook was deactivated with the
  // reason DAMAGED.
  absl::Status status;
  // The webhook, without its etag. Unset if it does not exist, is inactive or
  // has no URL, and if `status` is an error.
  std::optional<v1::Webhook> webhook;
  // The secrets in force.
  v1::WebhookSecrets secrets;
  // When the webhook last became able to receive again. Deliveries that were
  // due before are sent slowly. InfinitePast: it was always able to.
  absl::Time resumed_at = absl::InfinitePast();
  std::vector<LeasedDelivery> deliveries;
  // When the next of the other deliveries is due; InfiniteFuture if none waits.
  absl::Time next_due = absl::InfiniteFuture();
};

// The outcome of an attempt.
struct AttemptResult {
  enum class Outcome {
    kDelivered,
    kRetry,   // it failed, and another follows at `retry_at`
    kFailed,  // it failed, and was the last
  };

  Endpoint endpoint;
  LeaseName lease;
  // The id of the event.
  std::string event;
  // The same as LeasedDelivery.attempt.
  int attempt = 1;
  // The URL of the request.
  std::string url;
  v1::Attempt record;
  Outcome outcome = Outcome::kFailed;
  absl::Time retry_at = absl::InfiniteFuture();
  absl::Time now;
  // True if the webhook should be deactivated with the reason GONE.
  bool gone = false;
  // The webhook should be deactivated if attempts have failed for this time
  // without a success. It stays active if its URL is not `url` any more.
  absl::Duration deactivate_after = absl::InfiniteDuration();
};

// A delivery after an attempt was recorded.
struct RecordedAttempt {
  v1::Delivery::State state = v1::Delivery::PENDING;
  // When the next attempt is due. Unset: the delivery has ended.
  std::optional<absl::Time> retry_at = std::nullopt;
};

// The queue of deliveries that wait for an attempt. The promises of Store hold
// here.
//
// A delivery waits from the publication of its event until it is delivered, has
// failed or is cancelled. A delivery that is due at once stays due if the clock
// is set back. The deliveries of an endpoint do not wait for each other, unless
// the endpoint is ordered (DeliverySettings.ordered): then they are leased one
// after another, in the order of publication, each after the end of the one
// before it. A deferred delivery takes its place when it is due.
class DeliveryQueue {
 public:
  virtual ~DeliveryQueue() = default;

  // Reads endpoints that deliveries wait for, in the order of their webhooks'
  // ids, behind the webhook `after` ("" for the first ones). Returns fewer than
  // `limit` only at the end. Includes endpoints that cannot receive.
  virtual void ListEndpoints(absl::string_view after, int limit,
                             const CallOptions& options,
                             Done<std::vector<EndpointDue>> done) = 0;

  // Leases deliveries that are due at `now` for `duration`, by a steady clock:
  // for each request at most its limit, the earliest first. Returns an answer
  // for each request, in their order. A delivery has one holder at a time, and
  // each attempt has its own lease. An answer ends with the event that reaches
  // kMaxLeaseBytes, so it exceeds that by less than EventStore::kMaxEventBytes.
  // A delivery whose event cannot be read fails with the reason EVENT_DAMAGED.
  virtual void LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                        absl::Duration duration, const CallOptions& options,
                        Done<std::vector<EndpointLease>> done) = 0;

  // Marks the attempt of the lease as begun: the delivery is IN_FLIGHT then,
  // and PENDING before. Returns false if the lease has ended, or if another
  // process can lease the endpoint's deliveries now: the attempt must not be
  // made then.
  virtual bool BeginAttempt(const LeaseName& lease) = 0;

  // Records the attempt of a lease, ends the lease, and updates and returns the
  // delivery. Deactivates the webhook if `result` requires it, and publishes
  // webhook.deactivated to at most 100 other webhooks of the project. ABORTED
  // (LEASE_LOST): the lease has ended, and the attempt failed; nothing is
  // changed. A success is recorded even if the lease has ended, as long as the
  // delivery exists. A repeat of a call records nothing more. A lease that is
  // neither recorded nor given up ends by itself, and the delivery is due
  // again. If the delivery was retried while it was leased, another attempt
  // follows a failure at once.
  virtual void RecordAttempt(AttemptResult result, const CallOptions& options,
                             Done<RecordedAttempt> done) = 0;

  // Extends a lease that has not ended to `duration` from now, for a caller
  // that cannot record the attempt yet. Needs no space on the disk.
  virtual void RenewLease(const LeaseName& lease, absl::Duration duration) = 0;

  // Ends leases without an attempt.
  virtual void GiveUpLeases(const std::vector<LeaseName>& leases) = 0;

  // Sets the watcher, which is called after each commit that changes the time
  // of an endpoint's next delivery; there can be needless calls. It runs on a
  // thread of the store or of a caller, one call at a time, and must neither
  // block nor call the store. Calls for different commits come in any order.
  // Null removes the watcher.
  using Watcher = absl::AnyInvocable<void(const EndpointDue&)>;
  virtual void Watch(Watcher watcher) = 0;

  // See LeaseDue.
  static constexpr std::size_t kMaxLeaseBytes = 1 << 20;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DELIVERY_QUEUE_H_
