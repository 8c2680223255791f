#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_DUE_NOTES_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_DUE_NOTES_H_

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"

namespace webhooks::sqlite {

// Notes for DeliveryQueue::Watcher and StoreObserver, which are told of a
// change once it is committed: one note for each endpoint, with the earliest
// time.
class DueNotes {
 public:
  void Add(const Endpoint& endpoint, absl::Time due) {
    EndpointDue& note = Find(endpoint);
    note.due = std::min(note.due, due);
  }

  // Adds an endpoint whose leases should be given up.
  void AddChanged(const Endpoint& endpoint, absl::Time due) {
    Add(endpoint, due);
    Find(endpoint).has_changed = true;
  }

  // Adds a changed endpoint that should be tried although its receiver wants to
  // be left alone.
  void AddUrgent(const Endpoint& endpoint, absl::Time due) {
    AddChanged(endpoint, due);
    Find(endpoint).is_urgent = true;
  }

  // A webhook was deactivated.
  void AddDeactivation(v1::Deactivation::Reason reason) {
    deactivations_.push_back(reason);
  }

  // A delivery to the endpoint has failed, as it waited for too long.
  void AddExpired(const Endpoint& endpoint) { ++expired_[endpoint]; }

  const absl::flat_hash_map<Endpoint, int>& expired() const { return expired_; }

  const std::vector<v1::Deactivation::Reason>& deactivations() const {
    return deactivations_;
  }

  std::vector<EndpointDue> notes() const {
    std::vector<EndpointDue> notes;
    for (const auto& [endpoint, note] : notes_) notes.push_back(note);
    return notes;
  }

 private:
  EndpointDue& Find(const Endpoint& endpoint) {
    return notes_
        .try_emplace(endpoint, EndpointDue{endpoint, absl::InfiniteFuture()})
        .first->second;
  }

  absl::flat_hash_map<Endpoint, EndpointDue> notes_;
  absl::flat_hash_map<Endpoint, int> expired_;
  std::vector<v1::Deactivation::Reason> deactivations_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_DUE_NOTES_H_
