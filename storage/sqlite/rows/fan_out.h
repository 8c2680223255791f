#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_FAN_OUT_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_FAN_OUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "storage/event_store.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"

namespace webhooks::sqlite {

// The seqs in the table publishing that a call of this process works on. For
// the writer's thread.
using ActiveSeqs = absl::flat_hash_set<std::int64_t>;

// Inserts the deliveries of the events of one publication. If they are too many
// for one transaction, they are inserted ahead of the events, in steps, so that
// others need not wait for all of them; nobody sees them until the events are
// there. For the writer's thread.
class FanOut {
 public:
  // `active` must outlive this.
  FanOut(EventStore::MaybeEvents events, ActiveSeqs& active)
      : events_(std::move(events)), active_(active) {}
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;
  ~FanOut() { Forget(); }

  // Looks who listens to each event. Whether that needs steps.
  // FAILED_PRECONDITION (FAN_OUT_TOO_LARGE): as EventStore::PublishEvents.
  absl::StatusOr<bool> Plan(Connection& connection);

  // Inserts the next deliveries, after Plan. Whether these were the last.
  absl::StatusOr<bool> Step(Connection& connection);
  // The transaction of the last step is committed: the next goes on from there.
  void StepCommitted() { position_ = reached_; }

  // Inserts the events; each one's result, in their order. An error of the
  // database is of all.
  using Results = std::vector<absl::StatusOr<v1::PublishEventResponse>>;
  absl::StatusOr<Results> Finish(Connection& connection,
                                 const TraceHeaders& trace, DueNotes& notes);

 private:
  struct Plans {
    // False: it is no event, or one that is there already.
    bool is_new = false;
    // The 16 bytes of the ids of the webhooks that get it.
    std::vector<std::string> listeners;
    // Under which its deliveries are inserted ahead; 0: they are not.
    std::int64_t seq = 0;
  };

  // Before the next delivery to insert.
  struct Position {
    bool has_seqs = false;
    std::size_t event = 0;
    std::size_t listener = 0;
  };

  // Into the order of their deliveries' ids, in which most of the pages that a
  // step changes are its own.
  void SortListeners();
  void TakeSeqs(Connection& connection);
  void Forget();

  const EventStore::MaybeEvents events_;
  ActiveSeqs& active_;
  std::vector<Plans> plans_;
  Position position_;
  Position reached_;
};

// Takes out some of what publications have left that were not finished; whether
// there is more to do. Inside the caller's transaction.
absl::StatusOr<bool> DropUnfinished(Connection& connection,
                                    const ActiveSeqs& active);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_FAN_OUT_H_
