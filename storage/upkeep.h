#ifndef WEBHOOKS_STORAGE_UPKEEP_H_
#define WEBHOOKS_STORAGE_UPKEEP_H_

#include <vector>

#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// Maintenance calls, for the operator of a store. What Store promises of its
// calls holds here.
class Upkeep {
 public:
  virtual ~Upkeep() = default;

  // Ends OK if the store can read, and can write to the database that it has
  // opened: also RESOURCE_EXHAUSTED (STORAGE_FULL).
  virtual void Probe(const CallOptions& options, DoneStatus done) = 0;

  // Does a small part of the work that calls leave behind: takes out what
  // deleted projects owned, answers that Idempotency has kept until `now`, and
  // what is older than `retention`; cancels what waits for removed webhooks;
  // works on retry jobs; seals under the first key what is sealed under
  // another. Ends with whether there is more to do at once.
  //
  // A delivery that has waited for `retention` since its attempt was due, as
  // its webhook is inactive or others ahead of it do not end, fails for
  // EXPIRED. One that has ended goes `retention` later, and an event with the
  // last of its deliveries, no earlier than `retention` after it was to be
  // delivered.
  virtual void Maintain(absl::Time now, absl::Duration retention,
                        const CallOptions& options, Done<bool> done) = 0;

  // Moves the store's retention clock towards `now`, forward by `most` at most,
  // and ends with its time. A new store's begins at `now`; it outlasts a
  // restart, but for the last minute. Retention goes by it, so that a clock
  // that is ahead takes nothing out before somebody can have set it right.
  virtual void AdvanceRetention(absl::Time now, absl::Duration most,
                                const CallOptions& options,
                                Done<absl::Time> done) = 0;

  // Ends with the time of the latest version 7 id that a webhook has, or the
  // event that was stored last; InfinitePast if there is none.
  virtual void FindLatestId(const CallOptions& options,
                            Done<absl::Time> done) = 0;

  // Ends with the ids, in order, of those of the store's secret keys that
  // nothing is sealed under any more: the store opens without them.
  virtual void ListUnusedKeys(const CallOptions& options,
                              Done<std::vector<SecretKey::Id>> done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UPKEEP_H_
