#ifndef WEBHOOKS_TESTS_CONTRACT_DELIVERY_CONTRACT_H_
#define WEBHOOKS_TESTS_CONTRACT_DELIVERY_CONTRACT_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/contract/backend.h"

namespace webhooks::testing {

// The fixture of a test of events and deliveries: a project, and helpers for
// its deliveries at a time that the test sets.
class DeliveryContract : public StoreContract {
 protected:
  using Outcome = AttemptResult::Outcome;
  using Published = v1::PublishEventResponse;

  static constexpr absl::Duration kLease = absl::Minutes(1);
  static constexpr char kType[] = "thing.happened";

  // Creates a webhook of the project that listens to kType.
  v1::Webhook NewListener(const v1::DeliverySettings* settings = nullptr);

  v1::Event MakeEvent(const std::string& type = kType);
  absl::StatusOr<Published> Publish(const v1::Event& event);
  // Publishes an event of kType and advances the time by a millisecond. Returns
  // the id of the event.
  std::string PublishOne();

  // Leases due deliveries for kLease.
  EndpointLease Lease(const v1::Webhook& webhook, int limit = 100);
  std::vector<std::string> EventsOf(const EndpointLease& lease);
  static LeaseName NameOf(const LeasedDelivery& delivery) {
    return {delivery.id, delivery.lease};
  }

  // Advances both clocks.
  void AdvanceTime(absl::Duration time);

  // Returns the result of an attempt now. A retry is due after 5 s.
  AttemptResult ResultOf(const v1::Webhook& webhook,
                         const LeasedDelivery& delivery, Outcome outcome);
  absl::Status Record(const AttemptResult& result);
  absl::StatusOr<RecordedAttempt> TryRecord(const AttemptResult& result);

  absl::StatusOr<v1::Delivery> Get(const std::string& id);
  std::vector<v1::Delivery> List(const DeliveryFilter& filter = {});
  absl::StatusOr<v1::Delivery> Retry(const std::string& id);
  absl::StatusOr<v1::Delivery> Cancel(const std::string& id);

  // Returns the notifications of the watcher while `change` runs, those of the
  // same endpoint as one: a store may notify more often than it must.
  std::vector<EndpointDue> NotificationsDuring(
      const std::function<void()>& change);

  void SetOrdered(const v1::Webhook& webhook);
  void SetUrl(const v1::Webhook& webhook, const std::string& url);
  void SetActive(const v1::Webhook& webhook, bool active);
  void Delete(const v1::Webhook& webhook);

  // Returns the ids after `after` of webhooks with waiting deliveries.
  std::vector<std::string> Endpoints(const std::string& after, int limit);

  // Runs maintenance until it has nothing to do. Returns the number of steps.
  int Maintain(absl::Duration retention = absl::Hours(24));

  void Change(const v1::Webhook& webhook, const std::string& field,
              v1::UpdateWebhookRequest change);

  const std::string project_ = NewProject();
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_CONTRACT_DELIVERY_CONTRACT_H_
