#include "storage/notifications.h"

#include <algorithm>
#include <utility>

namespace webhooks {

void Notifications::AddDue(const Endpoint& endpoint, absl::Time due) {
  EndpointDue& earliest = Find(endpoint);
  earliest.due = std::min(earliest.due, due);
}

void Notifications::AddChanged(const Endpoint& endpoint, absl::Time due) {
  AddDue(endpoint, due);
  Find(endpoint).has_changed = true;
}

void Notifications::AddUrgent(const Endpoint& endpoint, absl::Time due) {
  AddChanged(endpoint, due);
  Find(endpoint).is_urgent = true;
}

EndpointDue& Notifications::Find(const Endpoint& endpoint) {
  return endpoints_
      .try_emplace(endpoint, EndpointDue{endpoint, absl::InfiniteFuture()})
      .first->second;
}

void Notifier::Watch(DeliveryQueue::Watcher watcher) {
  absl::MutexLock lock(&mutex_);
  watcher_ = std::move(watcher);
}

void Notifier::Send(const Notifications& notifications) {
  for (const v1::Deactivation::Reason reason : notifications.deactivations_) {
    observer_.WebhookDeactivated(reason);
  }
  for (const auto& [endpoint, count] : notifications.expired_) {
    observer_.DeliveriesExpired(endpoint, count);
  }
  if (notifications.cancelled_ > 0) {
    observer_.DeliveriesCancelled(notifications.cancelled_);
  }
  if (notifications.endpoints_.empty()) return;
  absl::MutexLock lock(&mutex_);
  if (watcher_ == nullptr) return;
  for (const auto& [endpoint, due] : notifications.endpoints_) watcher_(due);
}

}  // namespace webhooks
