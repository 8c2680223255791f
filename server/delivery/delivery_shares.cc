#include "server/delivery/delivery_shares.h"

#include <algorithm>

#include "storage/delivery_queue.h"
#include "storage/event_store.h"

namespace webhooks::server {
namespace {

// Leases for each attempt that may be in flight.
constexpr std::int64_t kLeasesPerAttempt = 4;

constexpr std::int64_t kMaxEventBytes = EventStore::kMaxEventBytes;

// The maximum size of an answer of DeliveryQueue::LeaseDue.
constexpr std::int64_t kMaxAnswerBytes =
    DeliveryQueue::kMaxLeaseBytes + EventStore::kMaxEventBytes;

}  // namespace

DeliveryShares::DeliveryShares(int max_in_flight, std::int64_t max_bytes)
    : attempts_(max_in_flight),
      leases_(kLeasesPerAttempt * max_in_flight),
      bytes_(max_bytes, kMaxEventBytes) {}

bool DeliveryShares::CanStart(const std::string& project) const {
  return attempts_.Available(project) > 0;
}

bool DeliveryShares::CanLease(const std::string& project) const {
  return leases_.Available(project) > 0 && bytes_.Available(project) > 0;
}

DeliveryShares::Reservation DeliveryShares::Reserve(const std::string& project,
                                                    int wanted) {
  const std::int64_t leases = leases_.Available(project);
  const std::int64_t bytes = bytes_.Available(project);
  std::int64_t count =
      std::min<std::int64_t>(wanted, std::max<std::int64_t>(1, leases / 2));
  if (bytes < kMaxAnswerBytes) count = std::min(count, bytes / kMaxEventBytes);
  const Reservation reservation{
      static_cast<int>(count),
      std::min(count * kMaxEventBytes, kMaxAnswerBytes)};
  leases_.Take(project, reservation.count);
  bytes_.Take(project, reservation.bytes);
  return reservation;
}

void DeliveryShares::ReleaseReservation(const std::string& project,
                                        const Reservation& reservation) {
  Release(leases_, project, reservation.count);
  Release(bytes_, project, reservation.bytes);
}

void DeliveryShares::AddLease(const std::string& project, std::int64_t bytes) {
  leases_.Take(project, 1);
  bytes_.Take(project, bytes);
}

void DeliveryShares::RemoveLease(const std::string& project,
                                 std::int64_t bytes) {
  Release(leases_, project, 1);
  Release(bytes_, project, bytes);
}

void DeliveryShares::Release(FairShare& share, const std::string& project,
                             std::int64_t amount) {
  share.Take(project, -amount);
  ++version_;
}

}  // namespace webhooks::server
