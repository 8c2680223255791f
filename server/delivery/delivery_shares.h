#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_

#include <cstdint>
#include <string>

#include "server/delivery/fair_share.h"

namespace webhooks::server {

// The resources that are divided between projects: attempts in flight, leases,
// and the bytes of leased events. Not thread-safe.
class DeliveryShares {
 public:
  // The share of an unanswered lease request: the requested deliveries, and the
  // maximum size of the answer.
  struct Reservation {
    int count = 0;
    std::int64_t bytes = 0;
  };

  DeliveryShares(int max_in_flight, std::int64_t max_bytes);

  // Returns true if the project may start another attempt.
  bool CanStart(const std::string& project) const;

  // Returns true if the project may lease another delivery.
  bool CanLease(const std::string& project) const;

  // Returns false if no project may start an attempt or lease a delivery, even
  // one that holds nothing.
  bool CanAnyStart() const { return !attempts_.IsExhausted(); }
  bool CanAnyLease() const {
    return !leases_.IsExhausted() && !bytes_.IsExhausted();
  }

  // Returns a number that changes whenever something is released. Until then,
  // CanStart and CanLease stay false for a project for which they are false.
  std::int64_t version() const { return version_; }

  // Reserves the share of a request for at most `wanted` deliveries. Reserves
  // at most half of the leases available to the project, so that its other
  // endpoints get some too; at least one. CanLease must be true.
  Reservation Reserve(const std::string& project, int wanted);

  // Releases the reservation of a request that was answered.
  void ReleaseReservation(const std::string& project,
                          const Reservation& reservation);

  // Count a lease with an event of `bytes`.
  void AddLease(const std::string& project, std::int64_t bytes);
  void RemoveLease(const std::string& project, std::int64_t bytes);

  // Count an attempt in flight.
  void StartAttempt(const std::string& project) { attempts_.Take(project, 1); }
  void FinishAttempt(const std::string& project) {
    Release(attempts_, project, 1);
  }

  int in_flight() const { return static_cast<int>(attempts_.used()); }

  // Leases and reservations.
  int leased() const { return static_cast<int>(leases_.used()); }

 private:
  void Release(FairShare& share, const std::string& project,
               std::int64_t amount);

  FairShare attempts_;
  FairShare leases_;
  FairShare bytes_;
  std::int64_t version_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_
