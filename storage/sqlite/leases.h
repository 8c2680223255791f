#ifndef WEBHOOKS_STORAGE_SQLITE_LEASES_H_
#define WEBHOOKS_STORAGE_SQLITE_LEASES_H_

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks::sqlite {

// The deliveries that are leased. They are kept in memory: the file lock lets
// no other process lease from the same database, and a lease ends with the
// process that holds it. Thread-safe. Ids are the 16 bytes.
class Leases {
 public:
  struct Lease {
    int attempt = 1;
    absl::Time until;
    // Whether the webhook was ordered.
    bool ordered = false;
  };

  void Add(absl::string_view delivery, const Lease& lease);
  // Moves the end of the lease for `attempt`, if there is one.
  void Renew(absl::string_view delivery, int attempt, absl::Time until);
  void End(absl::string_view delivery);
  // Only if it is the lease for `attempt`: another may have been given since.
  void EndAttempt(absl::string_view delivery, int attempt);

  // The newest lease of the delivery that has not been ended, whether or not
  // its time is over.
  std::optional<Lease> Find(absl::string_view delivery) const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Lease> leases_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_LEASES_H_
