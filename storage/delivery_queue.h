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

// A webhook that deliveries wait for.
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

// When an endpoint's next delivery is due, of those that nobody has leased.
struct EndpointDue {
  // Without a webhook: every endpoint of the project.
  Endpoint endpoint;
  absl::Time due;
  // Leases of the endpoint that are not begun should be given up: the
  // deliveries may have to go elsewhere, signed otherwise, or not at all.
  bool has_changed = false;
  // The endpoint should be tried although its receiver wants to be left alone:
  // somebody asks for it, or it is another receiver now.
  bool is_urgent = false;
};

// One lease of a delivery, which may have others before and after it.
struct LeaseName {
  std::string delivery;
  std::int64_t lease = 0;
};

// A delivery that one caller may attempt now, and nobody else.
struct LeasedDelivery {
  std::string id;
  // The same as LeaseName.lease.
  std::int64_t lease = 0;
  // The number that the attempt will have.
  int attempt = 1;
  // The number of attempts that the schedule has seen, this one included:
  // `attempt` less those before the schedule last began anew.
  int step = 1;
  // When it became due.
  absl::Time due;
  v1::Event event;
  // That of the call which has published the event.
  TraceHeaders trace;
};

// A request to lease deliveries for an endpoint, `limit` at most.
struct LeaseRequest {
  Endpoint endpoint;
  int limit = 1;
};

// The answer to a LeaseRequest.
struct EndpointLease {
  // Not OK: this endpoint's rows could not be read, and nothing is leased for
  // it. DATA_LOSS (RECORD_DAMAGED): its webhook was deactivated, for DAMAGED.
  absl::Status status;
  // With its settings; etag unset. Unset as a whole where the webhook is gone,
  // inactive or without a URL, and where `status` is not OK.
  std::optional<v1::Webhook> webhook;
  // The secrets in force.
  v1::WebhookSecrets secrets;
  // When the webhook last became able to receive; what was due before is to be
  // sent slowly. InfinitePast: it always was.
  absl::Time resumed_at = absl::InfinitePast();
  std::vector<LeasedDelivery> deliveries;
  // When the next of the others is due; InfiniteFuture: none waits.
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
  // The same as LeasedDelivery.attempt.
  int attempt = 1;
  // The webhook's URL that the request went to.
  std::string url;
  v1::Attempt record;
  Outcome outcome = Outcome::kFailed;
  absl::Time retry_at = absl::InfiniteFuture();
  absl::Time now;
  // Deactivates the webhook, for GONE, if its URL is still `url`.
  bool gone = false;
  // Deactivates the webhook, if its URL is still `url`, where attempts have
  // failed for as long without a success.
  absl::Duration deactivate_after = absl::InfiniteDuration();
};

// The deliveries that wait, for whoever sends them. What Store promises of its
// calls holds here.
//
// A delivery waits from its event's publication until it is delivered, has
// failed or is cancelled. One that is due at once is due whatever becomes of
// the clock. Its endpoint's others do not wait for it, unless the endpoint is
// ordered (DeliverySettings.ordered): then they are leased one after another,
// in the order in which PublishEvent was performed, each once the one before it
// has ended. One that is to be delivered later takes its place when it is due.
class DeliveryQueue {
 public:
  virtual ~DeliveryQueue() = default;

  // Reads endpoints that deliveries wait for, in the order of their webhooks'
  // ids, behind the webhook `after` ("": from the first); fewer than `limit`
  // only at the end. Among them can be some that cannot receive now.
  virtual void ListEndpoints(absl::string_view after, int limit,
                             const CallOptions& options,
                             Done<std::vector<EndpointDue>> done) = 0;

  // Leases deliveries that are due at `now` for `lease`, by a steady clock; for
  // each request at most its limit, the earliest first; one answer for each
  // request, in their order. A delivery is leased once at a time, and each
  // attempt of it anew. An answer ends with the event by which it reaches
  // kMaxLeaseBytes: it has less than EventStore::kMaxEventBytes above that. A
  // delivery whose event cannot be read fails, for EVENT_DAMAGED.
  virtual void LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                        absl::Duration lease, const CallOptions& options,
                        Done<std::vector<EndpointLease>> done) = 0;

  // The attempt that the lease is for begins. Until then the delivery is still
  // PENDING for whoever looks.
  virtual void BeginAttempt(const LeaseName& lease) = 0;

  // Records the attempt that a lease was for, ends the lease, and moves the
  // delivery on; deactivates the webhook where `result` says so, and publishes
  // webhook.deactivated to others of the project then, 100 at most. ABORTED
  // (LEASE_LOST): the lease has ended, and so nothing is changed by a failure;
  // a success is recorded whatever became of the lease, as long as the delivery
  // is there. A lease that is neither recorded nor given up ends by itself, and
  // the delivery is due again. If the delivery was retried while it was leased,
  // another attempt follows a failure, at once.
  virtual void RecordAttempt(AttemptResult result, const CallOptions& options,
                             DoneStatus done) = 0;

  // Has the lease last for `lease` from now on, if it has not ended: for a
  // caller that cannot record the attempt yet. It needs no room on the disk.
  virtual void RenewLease(const LeaseName& name, absl::Duration lease) = 0;

  // Ends leases as if they had not been.
  virtual void GiveUpLeases(const std::vector<LeaseName>& leases) = 0;

  // From now on `watcher` is told of every endpoint for which a delivery has
  // become due at another time than was known, after the commit that did it;
  // it may be told without need. On a thread of the store: it must not block
  // nor call the store. Null: nobody is told.
  using Watcher = absl::AnyInvocable<void(const EndpointDue&)>;
  virtual void Watch(Watcher watcher) = 0;

  static constexpr std::size_t kMaxLeaseBytes = 1 << 20;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DELIVERY_QUEUE_H_
