#include "server/delivery/delivery_shares.h"

#include <algorithm>

#include "storage/delivery_queue.h"
#include "storage/event_store.h"

namespace webhooks::server {
namespace {

// Leases for each attempt that may be in flight.
constexpr std::int64_t kLeasesPerPlace = 4;

constexpr std::int64_t kMaxEventBytes = EventStore::kMaxEventBytes;

// The most that an answer of DeliveryQueue::LeaseDue has.
constexpr std::int64_t kMaxAnswerBytes =
    DeliveryQueue::kMaxLeaseBytes + EventStore::kMaxEventBytes;

}  // namespace

DeliveryShares::DeliveryShares(int max_in_flight, std::int64_t max_bytes)
    : places_(max_in_flight),
      leases_(kLeasesPerPlace * max_in_flight),
      bytes_(max_bytes, kMaxEventBytes) {}

bool DeliveryShares::MayBegin(const std::string& project) const {
  return places_.Room(project) > 0;
}

bool DeliveryShares::MayLease(const std::string& project) const {
  return leases_.Room(project) > 0 && bytes_.Room(project) > 0;
}

DeliveryShares::Request DeliveryShares::Ask(const std::string& project,
                                            int wanted) {
  const std::int64_t leases = leases_.Room(project);
  const std::int64_t bytes = bytes_.Room(project);
  std::int64_t count =
      std::min<std::int64_t>(wanted, std::max<std::int64_t>(1, leases / 2));
  if (bytes < kMaxAnswerBytes) count = std::min(count, bytes / kMaxEventBytes);
  const Request request{static_cast<int>(count),
                        std::min(count * kMaxEventBytes, kMaxAnswerBytes)};
  leases_.Take(project, request.count);
  bytes_.Take(project, request.bytes);
  return request;
}

void DeliveryShares::Answer(const std::string& project,
                            const Request& request) {
  GiveBack(leases_, project, request.count);
  GiveBack(bytes_, project, request.bytes);
}

void DeliveryShares::Lease(const std::string& project, std::int64_t bytes) {
  leases_.Take(project, 1);
  bytes_.Take(project, bytes);
}

void DeliveryShares::EndLease(const std::string& project, std::int64_t bytes) {
  GiveBack(leases_, project, 1);
  GiveBack(bytes_, project, bytes);
}

void DeliveryShares::GiveBack(FairShare& share, const std::string& project,
                              std::int64_t amount) {
  share.Take(project, -amount);
  ++version_;
}

}  // namespace webhooks::server
