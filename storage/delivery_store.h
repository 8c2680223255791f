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
#include "storage/page.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Which deliveries to list; see ListDeliveriesRequest.
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
  // Unset: it is gone.
  std::optional<v1::Webhook> webhook;
  // With all attempts. Unset: the event did not match the webhook.
  std::optional<v1::Delivery> delivery;
  // The delivery that is first of those that wait for the webhook, where that
  // is another one.
  std::optional<std::string> first_in_line;
  // True if this delivery is the first and others wait behind it.
  bool others_wait = false;
};

// The deliveries of every project and their state. Everything that Store
// promises of its calls holds here. A delivery of another project is treated
// like one that does not exist: NOT_FOUND (DELIVERY_NOT_FOUND).
class DeliveryStore {
 public:
  virtual ~DeliveryStore() = default;

  // Reads one delivery with its newest attempts, kMaxShownBytes of them at
  // most.
  virtual void GetDelivery(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::Delivery> done) = 0;

  // Reads the deliveries of `project` that `filter` lets through, each with its
  // latest attempt, the newest first. A delivery that is there all the while,
  // and that the filter lets through all the while, is on exactly one of the
  // pages that follow one another.
  virtual void ListDeliveries(absl::string_view project,
                              const DeliveryFilter& filter,
                              const PageStart<v1::Delivery>& start,
                              const CallOptions& options,
                              Done<Page<v1::Delivery>> done) = 0;

  // Makes a delivery due at `now`, with its schedule begun anew, whatever
  // became of it. One that had ended goes behind those that wait. Ends with the
  // delivery as it then is. FAILED_PRECONDITION:
  // DELIVERY_IN_FLIGHT, WEBHOOK_REMOVED.
  virtual void RetryDelivery(absl::string_view project, absl::string_view id,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Delivery> done) = 0;

  // Cancels a delivery that waits or is in flight; a success of the attempt in
  // flight still counts. Ends with the delivery as it then is.
  // FAILED_PRECONDITION (DELIVERY_ENDED).
  virtual void CancelDelivery(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::Delivery> done) = 0;

  // Reads how an event and a webhook stand to each other. NOT_FOUND:
  // EVENT_NOT_FOUND; WEBHOOK_NOT_FOUND where there is neither such a webhook
  // nor a delivery to one.
  virtual void GetDeliveryFacts(absl::string_view project,
                                absl::string_view event,
                                absl::string_view webhook,
                                const CallOptions& options,
                                Done<DeliveryFacts> done) = 0;

  // Counts the deliveries of every project that have not ended: what is in
  // flight, due or held. Stops at `limit`.
  virtual void CountWaiting(int limit, const CallOptions& options,
                            Done<std::int64_t> done) = 0;

  // Stores a job that Upkeep::Maintain works on, one part after another: failed
  // deliveries of the webhook in the job's time are retried as RetryDelivery
  // does, and those that wait between attempts if job.include_waiting. The
  // caller has made its id and times. NOT_FOUND (WEBHOOK_NOT_FOUND).
  // RESOURCE_EXHAUSTED (RETRY_JOB_LIMIT_REACHED): kMaxRetryJobs of the project
  // run.
  virtual void CreateRetryJob(const v1::RetryJob& job,
                              const std::optional<Idempotency>& once,
                              const CallOptions& options,
                              Done<Created<v1::RetryJob>> done) = 0;

  // Reads a job as far as it has come. NOT_FOUND (RETRY_JOB_NOT_FOUND).
  virtual void GetRetryJob(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::RetryJob> done) = 0;

  // Ends a job where it stands; one that is done stays so. As GetRetryJob.
  virtual void CancelRetryJob(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::RetryJob> done) = 0;

  static constexpr std::size_t kMaxShownBytes = 1 << 20;

  // The most retry jobs of one project that can run.
  static constexpr int kMaxRetryJobs = 10;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DELIVERY_STORE_H_
