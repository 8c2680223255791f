#ifndef WEBHOOKS_STORAGE_SQLITE_LEASES_H_
#define WEBHOOKS_STORAGE_SQLITE_LEASES_H_

#include <cstdint>
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
    // Among all leases of this process.
    std::int64_t number = 0;
    int attempt = 1;
    absl::Time until;
    // The attempt is being made.
    bool has_begun = false;
    // Another waits for this one to end: the webhook is ordered.
    bool is_awaited = false;
  };

  // Leases the delivery for an attempt; the number of the lease.
  std::int64_t Add(absl::string_view delivery, int attempt, absl::Time until);

  // These change or end the lease only if it is the delivery's newest.
  void Begin(absl::string_view delivery, std::int64_t number);
  void Renew(absl::string_view delivery, std::int64_t number, absl::Time until);
  void End(absl::string_view delivery, std::int64_t number);

  // Marks the delivery's newest lease.
  void Await(absl::string_view delivery);

  // The newest lease of the delivery that has not been ended, whether or not
  // its time is over.
  std::optional<Lease> Find(absl::string_view delivery) const;

  // Whether an attempt of the delivery is being made.
  bool HasBegun(absl::string_view delivery) const;

 private:
  // Null: it is not the newest.
  Lease* FindNewest(absl::string_view delivery, std::int64_t number)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::int64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, Lease> leases_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_LEASES_H_
