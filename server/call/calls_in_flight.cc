#include "server/call/calls_in_flight.h"

namespace webhooks::server {

CallsInFlight::Place CallsInFlight::Take(const std::string& key) {
  const double share = ShareOf(limit_, servers_());
  {
    absl::MutexLock lock(&mutex_);
    int& calls = calls_[key];
    if (calls >= share) return nullptr;
    ++calls;
  }
  return Place(this, [this, key](const void*) { Release(key); });
}

void CallsInFlight::Release(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto calls = calls_.find(key);
  if (--calls->second == 0) calls_.erase(calls);
}

}  // namespace webhooks::server
