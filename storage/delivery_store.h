#ifndef WEBHOOKS_STORAGE_DELIVERY_STORE_H_
#define WEBHOOKS_STORAGE_DELIVERY_STORE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/event_store.h"
#include "storage/idempotency.h"
#include "storage/page.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Selects deliveries; see ListDeliveriesRequest.
struct DeliveryFilter {
  std::optional<std::string> webhook = std::nullopt;
  std::optional<std::string> event = std::nullopt;
  std::optional<v1::Delivery::State> state = std::nullopt;
  std::optional<std::string> event_type = std::nullopt;
  TimeRange published = {};
};

// The facts about an event and a webhook that explain its delivery.
struct DeliveryFacts {
  v1::Event event;
  // Unset: it was deleted.
  std::optional<v1::Webhook> webhook;
  // With all attempts. Unset: the event did not match the webhook.
  std::optional<v1::Delivery> delivery;
  // The first delivery that waits for the webhook, if that is another one.
  std::optional<std::string> first_in_line;
  // True if this delivery is the first and others wait behind it.
  bool others_wait = false;
};

// Numbers of deliveries that have not ended.
struct WaitingCounts {
  std::int64_t all = 0;
  // Part of `all`: their webhook is inactive or has no URL.
  std::int64_t held = 0;

  bool operator==(const WaitingCounts&) const = default;
};

// The deliveries of every project and their state. The promises of Store hold
// here. A delivery of another project is treated like one that does not exist:
// NOT_FOUND (DELIVERY_NOT_FOUND).
class DeliveryStore {
 public:
  virtual ~DeliveryStore() = default;

  // Reads one delivery with its newest attempts, up to kMaxShownBytes of them.
  virtual void GetDelivery(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::Delivery> done) = 0;

  // Reads a page of the deliveries of `project` that `filter` accepts, each
  // with its latest attempt, the newest first. A delivery is on exactly one
  // page if it exists, and the filter accepts it, while all pages are read.
  virtual void ListDeliveries(absl::string_view project,
                              const DeliveryFilter& filter,
                              const PageStart<v1::Delivery>& start,
                              const CallOptions& options,
                              Done<Page<v1::Delivery>> done) = 0;

  // Makes a delivery due at `now`, in any state but in flight, and restarts its
  // schedule. A delivery that had ended goes behind those that wait. Returns
  // the delivery after the change. FAILED_PRECONDITION: DELIVERY_IN_FLIGHT,
  // WEBHOOK_REMOVED.
  virtual void RetryDelivery(absl::string_view project, absl::string_view id,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Delivery> done) = 0;

  // Cancels a delivery that waits or is in flight; a success of the attempt in
  // flight still counts. Returns the delivery after the change.
  // FAILED_PRECONDITION (DELIVERY_ENDED).
  virtual void CancelDelivery(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::Delivery> done) = 0;

  // Makes a delivery of an event to a webhook, due at `now`, whatever the
  // webhook's scope; it goes behind those that wait. NOT_FOUND:
  // EVENT_NOT_FOUND, WEBHOOK_NOT_FOUND. FAILED_PRECONDITION (WEBHOOK_INACTIVE).
  // ALREADY_EXISTS (DELIVERY_EXISTS): the event has a delivery to the webhook.
  virtual void DeliverEvent(absl::string_view project, absl::string_view event,
                            absl::string_view webhook, absl::Time now,
                            const std::optional<Idempotency>& once,
                            const CallOptions& options,
                            Done<Created<v1::Delivery>> done) = 0;

  // Reads the facts that explain the delivery of an event to a webhook.
  // NOT_FOUND: EVENT_NOT_FOUND; WEBHOOK_NOT_FOUND if neither the webhook nor a
  // delivery to it exists.
  virtual void GetDeliveryFacts(absl::string_view project,
                                absl::string_view event,
                                absl::string_view webhook,
                                const CallOptions& options,
                                Done<DeliveryFacts> done) = 0;

  // Counts the deliveries of every project that are in flight, pending or held.
  // Stops at `limit`.
  virtual void CountWaiting(int limit, const CallOptions& options,
                            Done<WaitingCounts> done) = 0;

  // Stores a job that Upkeep::Maintain performs in steps, each bounded. It
  // retries deliveries to the webhook as RetryDelivery does, and makes missing
  // ones, for the events of the job's time range and type that job.selection
  // names; with job.include_waiting also for deliveries that wait between
  // attempts. Deliveries to a webhook that cannot receive are held. At most
  // job.max_per_second of them become due in a second. With job.dry_run it
  // counts and changes nothing. The caller has made its id and times. NOT_FOUND
  // (WEBHOOK_NOT_FOUND). RESOURCE_EXHAUSTED (RETRY_JOB_LIMIT_REACHED):
  // kMaxRetryJobs of the project are running.
  virtual void CreateRetryJob(const v1::RetryJob& job,
                              const std::optional<Idempotency>& idempotency,
                              const CallOptions& options,
                              Done<Created<v1::RetryJob>> done) = 0;

  // Reads a job and its progress. NOT_FOUND (RETRY_JOB_NOT_FOUND).
  virtual void GetRetryJob(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::RetryJob> done) = 0;

  // Cancels a job; one that has ended stays as it is. Returns the job after the
  // change. NOT_FOUND (RETRY_JOB_NOT_FOUND).
  virtual void CancelRetryJob(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::RetryJob> done) = 0;

  // The maximum size of the attempts that GetDelivery shows.
  static constexpr std::size_t kMaxShownBytes = 1 << 20;

  // The maximum number of running retry jobs of one project.
  static constexpr int kMaxRetryJobs = 10;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DELIVERY_STORE_H_
