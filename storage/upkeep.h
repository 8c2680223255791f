#ifndef WEBHOOKS_STORAGE_UPKEEP_H_
#define WEBHOOKS_STORAGE_UPKEEP_H_

#include <vector>

#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// What whoever runs a store asks of it. What Store promises of its calls holds
// here.
class Upkeep {
 public:
  virtual ~Upkeep() = default;

  // Ends OK if the store can read, and the path that changes take is not
  // stuck. Changes nothing.
  virtual void Probe(const CallOptions& options, DoneStatus done) = 0;

  // Does a small part of the work that calls leave behind: takes out what
  // deleted projects owned, answers that Idempotency has kept until `now`, and
  // events older than `retention` with their deliveries; cancels what waits
  // for removed webhooks; works on retry jobs; seals under the first key what
  // is sealed under another. Ends with whether there is more to do at once.
  virtual void Maintain(absl::Time now, absl::Duration retention,
                        const CallOptions& options, Done<bool> done) = 0;

  // Ends with the ids, in order, of those of the store's secret keys that
  // nothing is sealed under any more: the store opens without them.
  virtual void ListUnusedKeys(const CallOptions& options,
                              Done<std::vector<SecretKey::Id>> done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UPKEEP_H_
