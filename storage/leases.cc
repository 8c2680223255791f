#include "storage/leases.h"

#include "absl/container/flat_hash_set.h"

namespace webhooks {

std::int64_t Leases::Add(absl::string_view delivery, const Endpoint& endpoint,
                         int attempt, absl::Duration duration,
                         std::optional<absl::Time> retry_at) {
  absl::MutexLock lock(&mutex_);
  ++last_number_;
  leases_.insert_or_assign(
      std::string(delivery),
      Lease{endpoint, last_number_, attempt, clock_() + duration, retry_at});
  return last_number_;
}

std::optional<Endpoint> Leases::Begin(absl::string_view delivery,
                                      std::int64_t number) {
  absl::MutexLock lock(&mutex_);
  Lease* const lease = FindNewest(delivery, number);
  if (lease == nullptr) return std::nullopt;
  lease->has_begun = true;
  return lease->endpoint;
}

void Leases::Renew(absl::string_view delivery, std::int64_t number,
                   absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  Lease* const lease = FindNewest(delivery, number);
  if (lease != nullptr) lease->until = clock_() + duration;
}

void Leases::End(absl::string_view delivery, std::int64_t number) {
  absl::MutexLock lock(&mutex_);
  if (FindNewest(delivery, number) != nullptr) leases_.erase(delivery);
}

void Leases::MarkBlocking(absl::string_view delivery) {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found != leases_.end()) found->second.blocks_next = true;
}

void Leases::RequestRetry(absl::string_view delivery) {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found != leases_.end()) found->second.retry_requested = true;
}

std::optional<Leases::Lease> Leases::Find(absl::string_view delivery) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end()) return std::nullopt;
  return found->second;
}

std::optional<absl::Duration> Leases::TimeLeft(
    absl::string_view delivery) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  if (found == leases_.end()) return std::nullopt;
  const absl::Duration left = found->second.until - clock_();
  if (left <= absl::ZeroDuration()) return std::nullopt;
  return left;
}

bool Leases::HasBegun(absl::string_view delivery) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leases_.find(delivery);
  return found != leases_.end() && found->second.has_begun;
}

Leases::Lease* Leases::FindNewest(absl::string_view delivery,
                                  std::int64_t number) {
  const auto found = leases_.find(delivery);
  if (found == leases_.end() || found->second.number != number) return nullptr;
  return &found->second;
}

std::vector<Endpoint> Leases::Endpoints() const {
  const absl::Duration now = clock_();
  absl::flat_hash_set<Endpoint> endpoints;
  absl::MutexLock lock(&mutex_);
  for (const auto& [delivery, lease] : leases_) {
    if (lease.until > now) endpoints.insert(lease.endpoint);
  }
  return {endpoints.begin(), endpoints.end()};
}

void Leases::EndAll() {
  absl::MutexLock lock(&mutex_);
  leases_.clear();
}

}  // namespace webhooks
