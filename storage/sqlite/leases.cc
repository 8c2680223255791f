#include "storage/sqlite/leases.h"

namespace webhooks::sqlite {

void Leases::Add(absl::string_view delivery, const Lease& lease) {
  absl::MutexLock lock(&mutex_);
  leases_.insert_or_assign(std::string(delivery), lease);
}

void Leases::Renew(absl::string_view delivery, int attempt, absl::Time until) {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end() || found->second.attempt != attempt) return;
  found->second.until = until;
}

void Leases::End(absl::string_view delivery) {
  absl::MutexLock lock(&mutex_);
  leases_.erase(delivery);
}

void Leases::EndAttempt(absl::string_view delivery, int attempt) {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end() || found->second.attempt != attempt) return;
  leases_.erase(found);
}

std::optional<Leases::Lease> Leases::Find(absl::string_view delivery) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end()) return std::nullopt;
  return found->second;
}

}  // namespace webhooks::sqlite
