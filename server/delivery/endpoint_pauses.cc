#include "server/delivery/endpoint_pauses.h"

namespace webhooks::server {

void EndpointPauses::Set(const std::string& webhook, absl::Time until) {
  absl::MutexLock lock(&mutex_);
  if (until == absl::InfinitePast()) {
    until_.erase(webhook);
  } else {
    until_[webhook] = until;
  }
}

absl::Time EndpointPauses::Until(const std::string& webhook,
                                 absl::Time now) const {
  absl::MutexLock lock(&mutex_);
  const auto found = until_.find(webhook);
  return found != until_.end() && found->second > now ? found->second
                                                      : absl::InfinitePast();
}

}  // namespace webhooks::server
