#ifndef WEBHOOKS_STORAGE_SQL_ROWS_FAN_OUT_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_FAN_OUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/event_store.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"
#include "storage/sql/rows/subscription_rows.h"

namespace webhooks::sql {

// The reserved seqs (table publishing) of publications in progress in this
// process. Thread-safe.
class ReservedSeqs {
 public:
  void Insert(std::int64_t seq) {
    absl::MutexLock lock(&mutex_);
    seqs_.insert(seq);
  }
  void Erase(std::int64_t seq) {
    absl::MutexLock lock(&mutex_);
    seqs_.erase(seq);
  }
  bool Contains(std::int64_t seq) const {
    absl::MutexLock lock(&mutex_);
    return seqs_.contains(seq);
  }

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_set<std::int64_t> seqs_ ABSL_GUARDED_BY(mutex_);
};

// Inserts the events of one publication and their deliveries. If there are too
// many deliveries for one transaction, they are inserted before the events, in
// steps, so that other calls need not wait for all of them. They are not
// visible until the events are inserted. Use it inside a GroupWriter's work; it
// may be destroyed on any thread.
class FanOut {
 public:
  // `reserved` must outlive this.
  FanOut(EventStore::MaybeEvents events, ReservedSeqs& reserved)
      : events_(std::move(events)), reserved_(reserved) {}
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;
  ~FanOut() { ReleaseSeqs(); }

  // Requests the rows that Plan reads, if there is one event.
  void Prefetch(Connection& connection) const;

  // Finds the listeners of each event. Returns true if their deliveries need
  // steps. FAILED_PRECONDITION (FAN_OUT_TOO_LARGE): see
  // EventStore::PublishEvents.
  absl::StatusOr<bool> Plan(Connection& connection);

  // Inserts the next deliveries, after Plan. Returns true if they are the last.
  absl::StatusOr<bool> Step(Connection& connection);

  // Tells that the transaction of the last step is committed.
  void StepCommitted() { position_ = reached_; }

  // Inserts the events. Returns the result of each, in their order, or an error
  // of the database.
  using Results = std::vector<absl::StatusOr<v1::PublishEventResponse>>;
  absl::StatusOr<Results> Finish(Connection& connection,
                                 const TraceHeaders& trace,
                                 Notifications& notifications);

 private:
  // The plan of one event.
  struct EventPlan {
    // False if it is an error, or is stored already.
    bool is_new = false;
    std::vector<Listener> listeners;
    // The reserved seq of its deliveries; 0 if they are not inserted before it.
    std::int64_t seq = 0;
  };

  // The next delivery to insert.
  struct Position {
    bool has_seqs = false;
    std::size_t event = 0;
    std::size_t listener = 0;
  };

  // Sorts the listeners by the ids of their deliveries: the pages that a step
  // changes are then mostly its own.
  void SortListeners();
  void ReserveSeqs(Connection& connection);
  void ReleaseSeqs();

  const EventStore::MaybeEvents events_;
  ReservedSeqs& reserved_;
  std::vector<EventPlan> plans_;
  Position position_;
  Position reached_;
};

// Deletes some deliveries of publications that were not finished, inside the
// caller's transaction. Returns true if there are more.
absl::StatusOr<bool> DeleteUnfinished(Connection& connection,
                                      const ReservedSeqs& reserved);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_FAN_OUT_H_
