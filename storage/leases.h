#ifndef WEBHOOKS_STORAGE_LEASES_H_
#define WEBHOOKS_STORAGE_LEASES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/steady_clock.h"

namespace webhooks {

// The deliveries that are leased. They are kept in memory: the file lock lets
// no other process lease from the same database, and a lease ends with the
// process that holds it. Its time runs by a steady clock, so that no change of
// the time of day ends the lease of an attempt in flight. Thread-safe. Ids are
// the 16 bytes.
class Leases {
 public:
  struct Lease {
    // Among all leases of this process.
    std::int64_t number = 0;
    int attempt = 1;
    // By the steady clock.
    absl::Duration until;
    // The attempt is being made.
    bool has_begun = false;
    // Another waits for this one to end: the webhook is ordered.
    bool is_awaited = false;
    // Another attempt follows if this one fails, even if it was to be the last.
    bool goes_on = false;
  };

  explicit Leases(SteadyClock clock) : clock_(std::move(clock)) {}

  // Leases the delivery for an attempt; the number of the lease.
  std::int64_t Add(absl::string_view delivery, int attempt,
                   absl::Duration length);
  // These change or end the lease only if it is the delivery's newest.
  void Begin(absl::string_view delivery, std::int64_t number);
  void Renew(absl::string_view delivery, std::int64_t number,
             absl::Duration length);
  void End(absl::string_view delivery, std::int64_t number);
  // These mark the delivery's newest lease, if it has one: see Lease.is_awaited
  // and Lease.goes_on.
  void Await(absl::string_view delivery);
  void GoOnAfter(absl::string_view delivery);

  // The newest lease of the delivery that has not been ended, whether or not
  // its time is over.
  std::optional<Lease> Find(absl::string_view delivery) const;
  // Returns for how much longer the delivery is leased; nullopt: it is not.
  std::optional<absl::Duration> TimeLeft(absl::string_view delivery) const;
  // Returns true if an attempt of the delivery is being made.
  bool HasBegun(absl::string_view delivery) const;

 private:
  // Null: it is not the newest.
  Lease* FindNewest(absl::string_view delivery, std::int64_t number)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const SteadyClock clock_;
  mutable absl::Mutex mutex_;
  std::int64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, Lease> leases_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_LEASES_H_
