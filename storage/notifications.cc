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

std::vector<EndpointDue> Notifications::Endpoints() const {
  std::vector<EndpointDue> endpoints;
  for (const auto& [endpoint, due] : endpoints_) endpoints.push_back(due);
  return endpoints;
}

void Notifier::Watch(DeliveryQueue::Watcher watcher) {
  absl::MutexLock lock(&mutex_);
  watcher_ = std::move(watcher);
}

void Notifier::Send(const Notifications& notifications,
                    const IsWatched& is_watched) {
  for (const PublishedEvent& event : notifications.published_) {
    observer_.EventPublished(event);
  }
  for (const DeliveryChange& change : notifications.changes_) {
    observer_.DeliveryChanged(change);
  }
  for (const auto& [endpoint, reason] : notifications.deactivations_) {
    observer_.WebhookDeactivated(endpoint, reason);
  }
  if (notifications.endpoints_.empty()) return;
  absl::MutexLock lock(&mutex_);
  if (watcher_ == nullptr) return;
  for (const auto& [endpoint, due] : notifications.endpoints_) {
    if (is_watched == nullptr || is_watched(endpoint)) watcher_(due);
  }
}

void Notifier::Notify(const EndpointDue& due) {
  absl::MutexLock lock(&mutex_);
  if (watcher_ != nullptr) watcher_(due);
}

}  // namespace webhooks
