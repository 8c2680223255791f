#ifndef WEBHOOKS_STORAGE_NOTIFICATIONS_H_
#define WEBHOOKS_STORAGE_NOTIFICATIONS_H_

#include <functional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/store_observer.h"

namespace webhooks {

// Collects the notifications that a transaction causes. A store sends them
// after the commit: one for each endpoint, with the earliest time.
class Notifications {
 public:
  // Adds an endpoint that has a delivery due at `due`.
  void AddDue(const Endpoint& endpoint, absl::Time due);

  // Like AddDue, and sets EndpointDue::has_changed.
  void AddChanged(const Endpoint& endpoint, absl::Time due);

  // Like AddChanged, and sets EndpointDue::is_urgent.
  void AddUrgent(const Endpoint& endpoint, absl::Time due);

  // Returns the endpoints that were added.
  std::vector<EndpointDue> Endpoints() const;

  // Add notifications for the observer; see StoreObserver.
  void AddDeactivation(const Endpoint& endpoint,
                       v1::Deactivation::Reason reason) {
    deactivations_.emplace_back(endpoint, reason);
  }
  void AddPublished(PublishedEvent event) {
    published_.push_back(std::move(event));
  }
  void AddChange(DeliveryChange change) {
    changes_.push_back(std::move(change));
  }

 private:
  friend class Notifier;

  EndpointDue& Find(const Endpoint& endpoint);

  absl::flat_hash_map<Endpoint, EndpointDue> endpoints_;
  std::vector<PublishedEvent> published_;
  std::vector<DeliveryChange> changes_;
  std::vector<std::pair<Endpoint, v1::Deactivation::Reason>> deactivations_;
};

// Sends notifications to the observer of a store and to its watcher.
// Thread-safe.
class Notifier {
 public:
  // `observer` must outlive this.
  explicit Notifier(StoreObserver& observer) : observer_(observer) {}

  // Implements DeliveryQueue::Watch.
  void Watch(DeliveryQueue::Watcher watcher) ABSL_LOCKS_EXCLUDED(mutex_);

  // Tells the observer, and the watcher of the endpoints that `is_watched`
  // accepts; null: of all.
  using IsWatched = std::function<bool(const Endpoint&)>;
  void Send(const Notifications& notifications,
            const IsWatched& is_watched = nullptr) ABSL_LOCKS_EXCLUDED(mutex_);

  // Tells the watcher of one endpoint.
  void Notify(const EndpointDue& due) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  StoreObserver& observer_;
  absl::Mutex mutex_;
  DeliveryQueue::Watcher watcher_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_NOTIFICATIONS_H_
