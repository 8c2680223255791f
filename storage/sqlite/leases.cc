#include "storage/sqlite/leases.h"

namespace webhooks::sqlite {

std::int64_t Leases::Add(absl::string_view delivery, int attempt,
                         absl::Time until) {
  absl::MutexLock lock(&mutex_);
  ++last_number_;
  leases_.insert_or_assign(std::string(delivery),
                           Lease{last_number_, attempt, until});
  return last_number_;
}

void Leases::Begin(absl::string_view delivery, std::int64_t number) {
  absl::MutexLock lock(&mutex_);
  Lease* const lease = FindNewest(delivery, number);
  if (lease != nullptr) lease->has_begun = true;
}

void Leases::Renew(absl::string_view delivery, std::int64_t number,
                   absl::Time until) {
  absl::MutexLock lock(&mutex_);
  Lease* const lease = FindNewest(delivery, number);
  if (lease != nullptr) lease->until = until;
}

void Leases::End(absl::string_view delivery, std::int64_t number) {
  absl::MutexLock lock(&mutex_);
  if (FindNewest(delivery, number) != nullptr) leases_.erase(delivery);
}

void Leases::Await(absl::string_view delivery) {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found != leases_.end()) found->second.is_awaited = true;
}

std::optional<Leases::Lease> Leases::Find(absl::string_view delivery) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end()) return std::nullopt;
  return found->second;
}

bool Leases::HasBegun(absl::string_view delivery) const {
  const std::optional<Lease> lease = Find(delivery);
  return lease && lease->has_begun;
}

Leases::Lease* Leases::FindNewest(absl::string_view delivery,
                                  std::int64_t number) {
  const auto found = leases_.find(delivery);
  if (found == leases_.end() || found->second.number != number) return nullptr;
  return &found->second;
}

}  // namespace webhooks::sqlite
