#ifndef WEBHOOKS_STORAGE_LEASES_H_
#define WEBHOOKS_STORAGE_LEASES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/steady_clock.h"

namespace webhooks {

// The leases of deliveries, in memory: no other process leases deliveries of
// the same endpoint, and a lease ends with the process that holds it. Leases
// are timed by a steady clock, so that a change of the time of day does not end
// the lease of an attempt in flight. Thread-safe. Ids of deliveries are in
// binary form (16 bytes).
class Leases {
 public:
  struct Lease {
    Endpoint endpoint;
    // Unique among all leases of this process.
    std::int64_t number = 0;
    int attempt = 1;
    // By the steady clock.
    absl::Duration until;
    // When the delivery was due by a retry; see DeliveryProgress::retry_at.
    std::optional<absl::Time> retry_at = std::nullopt;
    // True while the attempt is being made.
    bool has_begun = false;
    // True if the next delivery of an ordered webhook waits for the end of this
    // one.
    bool blocks_next = false;
    // True if a retry was requested during the attempt: if it fails, another
    // attempt follows, even after the last one of the schedule.
    bool retry_requested = false;
  };

  explicit Leases(SteadyClock clock) : clock_(std::move(clock)) {}

  // Leases the delivery for an attempt. Returns the number of the lease.
  std::int64_t Add(absl::string_view delivery, const Endpoint& endpoint,
                   int attempt, absl::Duration duration,
                   std::optional<absl::Time> retry_at = std::nullopt);
  // Marks the attempt of a lease as begun, and returns its endpoint; nullopt if
  // it is not the delivery's newest lease.
  std::optional<Endpoint> Begin(absl::string_view delivery,
                                std::int64_t number);
  // Change or end a lease. Ignored if it is not the delivery's newest.
  void Renew(absl::string_view delivery, std::int64_t number,
             absl::Duration duration);
  void End(absl::string_view delivery, std::int64_t number);
  // Set Lease::blocks_next and Lease::retry_requested of the delivery's newest
  // lease, if it has one.
  void MarkBlocking(absl::string_view delivery);
  void RequestRetry(absl::string_view delivery);

  // Returns the newest lease of the delivery that was not ended, even if its
  // time is over.
  std::optional<Lease> Find(absl::string_view delivery) const;
  // Returns the remaining time of the delivery's lease; nullopt if it is not
  // leased.
  std::optional<absl::Duration> TimeLeft(absl::string_view delivery) const;
  // Returns the endpoints of the deliveries that are leased, each once.
  std::vector<Endpoint> Endpoints() const;
  // Ends all leases.
  void EndAll();
  // Returns true if an attempt of the delivery is being made.
  bool HasBegun(absl::string_view delivery) const;

 private:
  // Returns the lease, or null if it is not the newest.
  Lease* FindNewest(absl::string_view delivery, std::int64_t number)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const SteadyClock clock_;
  mutable absl::Mutex mutex_;
  std::int64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, Lease> leases_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_LEASES_H_
