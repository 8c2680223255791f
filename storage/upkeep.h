#ifndef WEBHOOKS_STORAGE_UPKEEP_H_
#define WEBHOOKS_STORAGE_UPKEEP_H_

#include <vector>

#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// Maintenance calls, for the operator of a store. The promises of Store hold
// here.
class Upkeep {
 public:
  virtual ~Upkeep() = default;

  // Returns OK if the store can read, and can write to the database that it has
  // opened. RESOURCE_EXHAUSTED (STORAGE_FULL): it cannot write.
  virtual void Probe(const CallOptions& options, DoneStatus done) = 0;

  // Performs a small step of maintenance: deletes the content of deleted
  // projects, answers of Idempotency that have expired at `now`, and records
  // older than `retention`; cancels deliveries to removed webhooks; performs
  // retry jobs; seals again, under the first key, texts that are sealed under
  // another. Returns true if there is more to do at once.
  //
  // A delivery that has waited for `retention` since its attempt was due,
  // because its webhook is inactive or deliveries ahead of it do not end, fails
  // with the reason EXPIRED. A delivery is deleted `retention` after its end.
  // An event is deleted with the last of its deliveries, but no earlier than
  // `retention` after its delivery time.
  virtual void Maintain(absl::Time now, absl::Duration retention,
                        const CallOptions& options, Done<bool> done) = 0;

  // Moves the store's retention clock towards `now`, forward by `max_step` at
  // most, and returns its time. The clock of a new store begins at `now`; it
  // outlasts a restart, except for the last minute. Retention goes by it, so
  // that a system clock that is ahead deletes nothing before it can be
  // corrected.
  virtual void AdvanceRetention(absl::Time now, absl::Duration max_step,
                                const CallOptions& options,
                                Done<absl::Time> done) = 0;

  // Returns the latest time of the version 7 ids of all webhooks and of the
  // event that was stored last; InfinitePast if there is none.
  virtual void FindLatestId(const CallOptions& options,
                            Done<absl::Time> done) = 0;

  // Returns the ids, in order, of the store's secret keys that seal nothing any
  // more: the store opens without them.
  virtual void ListUnusedKeys(const CallOptions& options,
                              Done<std::vector<SecretKey::Id>> done) = 0;

  // Replaces the store's secret keys with `keys`, which must have at least one.
  // From now on the first key seals, and Maintain seals again, under it, texts
  // that are sealed under another. FAILED_PRECONDITION: the database has texts
  // sealed under a key that is not among `keys`, which the message names; the
  // keys stay as they are.
  virtual void ReplaceSecretKeys(SecretKeys keys, const CallOptions& options,
                                 DoneStatus done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UPKEEP_H_
