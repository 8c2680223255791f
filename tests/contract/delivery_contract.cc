#include "tests/contract/delivery_contract.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {

v1::Webhook DeliveryContract::NewListener(
    const v1::DeliverySettings* settings) {
  v1::Webhook webhook = MakeWebhook(project_);
  webhook.clear_scope();
  webhook.add_scope(kType);
  if (settings != nullptr) *webhook.mutable_delivery() = *settings;
  return *CreateWebhook(*store_, webhook);
}

v1::Event DeliveryContract::MakeEvent(const std::string& type) {
  v1::Event event;
  event.set_id_project(project_);
  event.set_id_event(NewId());
  event.set_type(type);
  event.set_data("{}");
  *event.mutable_created_at() = ToTimestamp(now_);
  return event;
}

absl::StatusOr<v1::PublishEventResponse> DeliveryContract::Publish(
    const v1::Event& event) {
  return AnswerOf(Await<Created<Published>>(
      [&](auto done) { store_->PublishEvent(event, std::nullopt, {}, done); }));
}

std::string DeliveryContract::PublishOne() {
  const v1::Event event = MakeEvent();
  EXPECT_THAT(Publish(event), IsOk());
  now_ += absl::Milliseconds(1);
  return event.id_event();
}

EndpointLease DeliveryContract::Lease(const v1::Webhook& webhook, int limit) {
  const LeaseRequest request{{project_, webhook.id_webhook_endpoint()}, limit};
  auto leases = Await<std::vector<EndpointLease>>(
      [&](auto done) { store_->LeaseDue({request}, now_, kLease, {}, done); });
  EXPECT_THAT(leases, IsOk());
  return leases.ok() ? std::move(leases->at(0)) : EndpointLease();
}

void DeliveryContract::AdvanceTime(absl::Duration time) {
  now_ += time;
  elapsed_ = elapsed_.load() + time;
}

std::vector<std::string> DeliveryContract::EventsOf(
    const EndpointLease& lease) {
  std::vector<std::string> events;
  for (const LeasedDelivery& delivery : lease.deliveries) {
    events.push_back(delivery.event.id_event());
  }
  return events;
}

AttemptResult DeliveryContract::ResultOf(const v1::Webhook& webhook,
                                         const LeasedDelivery& delivery,
                                         Outcome outcome) {
  AttemptResult result;
  result.endpoint = {project_, webhook.id_webhook_endpoint()};
  result.lease = {delivery.id, delivery.lease};
  result.url = webhook.url();
  result.attempt = delivery.attempt;
  result.record.set_number(delivery.attempt);
  *result.record.mutable_started_at() = ToTimestamp(now_);
  result.outcome = outcome;
  result.now = now_;
  result.retry_at = now_ + absl::Seconds(5);
  return result;
}

absl::Status DeliveryContract::Record(const AttemptResult& result) {
  return TryRecord(result).status();
}

absl::StatusOr<RecordedAttempt> DeliveryContract::TryRecord(
    const AttemptResult& result) {
  return Await<RecordedAttempt>(
      [&](auto done) { store_->RecordAttempt(result, {}, done); });
}

absl::StatusOr<v1::Delivery> DeliveryContract::Get(const std::string& id) {
  return Await<v1::Delivery>(
      [&](auto done) { store_->GetDelivery(project_, id, {}, done); });
}

std::vector<v1::Delivery> DeliveryContract::List(const DeliveryFilter& filter) {
  return Await<Page<v1::Delivery>>([&](auto done) {
           store_->ListDeliveries(project_, filter, {}, {}, done);
         })
      ->records;
}

std::vector<EndpointDue> DeliveryContract::NotificationsDuring(
    const std::function<void()>& change) {
  // By webhook; "": all webhooks of the project.
  std::map<std::string, EndpointDue> notifications;
  store_->Watch([&](const EndpointDue& due) {
    const auto [known, is_new] =
        notifications.emplace(due.endpoint.webhook, due);
    if (is_new) return;
    EndpointDue& all = known->second;
    all.due = std::min(all.due, due.due);
    all.is_urgent |= due.is_urgent;
    all.has_changed |= due.has_changed;
  });
  change();
  store_->Watch(nullptr);
  std::vector<EndpointDue> merged;
  for (const auto& [webhook, due] : notifications) merged.push_back(due);
  return merged;
}

void DeliveryContract::SetOrdered(const v1::Webhook& webhook) {
  v1::UpdateWebhookRequest change;
  change.mutable_delivery()->set_ordered(true);
  Change(webhook, "delivery", change);
}

void DeliveryContract::SetUrl(const v1::Webhook& webhook,
                              const std::string& url) {
  v1::UpdateWebhookRequest change;
  change.set_url(url);
  Change(webhook, "url", change);
}

void DeliveryContract::SetActive(const v1::Webhook& webhook, bool active) {
  v1::UpdateWebhookRequest change;
  change.set_active(active);
  Change(webhook, "active", change);
}

void DeliveryContract::Change(const v1::Webhook& webhook,
                              const std::string& field,
                              v1::UpdateWebhookRequest change) {
  change.set_id(webhook.id_webhook_endpoint());
  change.mutable_update_mask()->add_paths(field);
  EXPECT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->UpdateWebhook(project_, change, now_, {}, done);
              }),
              IsOk());
}

void DeliveryContract::Delete(const v1::Webhook& webhook) {
  v1::DeleteWebhookRequest request;
  request.set_id(webhook.id_webhook_endpoint());
  EXPECT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->DeleteWebhook(project_, request, {}, done);
              }),
              IsOk());
}

absl::StatusOr<v1::Delivery> DeliveryContract::Retry(const std::string& id) {
  return Await<v1::Delivery>(
      [&](auto done) { store_->RetryDelivery(project_, id, now_, {}, done); });
}

absl::StatusOr<v1::Delivery> DeliveryContract::Cancel(const std::string& id) {
  return Await<v1::Delivery>(
      [&](auto done) { store_->CancelDelivery(project_, id, {}, done); });
}

std::vector<std::string> DeliveryContract::Endpoints(const std::string& after,
                                                     int limit) {
  const auto endpoints = Await<std::vector<EndpointDue>>(
      [&](auto done) { store_->ListEndpoints(after, limit, {}, done); });
  EXPECT_THAT(endpoints, IsOk());
  std::vector<std::string> names;
  for (const EndpointDue& due : endpoints.value()) {
    names.push_back(due.endpoint.webhook);
  }
  return names;
}

int DeliveryContract::Maintain(absl::Duration retention) {
  int steps = 0;
  while (*Await<bool>(
      [&](auto done) { store_->Maintain(now_, retention, {}, done); })) {
    ++steps;
  }
  return steps;
}

}  // namespace webhooks::testing
