#include "gateway/known_keys.h"

#include <openssl/sha.h>

namespace webhooks::gateway {

KnownKeys::Digest KnownKeys::Hash(absl::string_view credential) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(credential.data()),
         credential.size(), digest.data());
  return digest;
}

bool KnownKeys::Contains(absl::string_view credential) const {
  const Digest digest = Hash(credential);
  const Clock::time_point now = now_();
  absl::MutexLock lock(&mutex_);
  const auto found = ends_.find(digest);
  return found != ends_.end() && now < found->second;
}

void KnownKeys::Add(absl::string_view credential) {
  const Digest digest = Hash(credential);
  const Clock::time_point now = now_();
  absl::MutexLock lock(&mutex_);
  if (ends_.size() >= kMaxKeys && !ends_.contains(digest)) {
    absl::erase_if(ends_, [now](const auto& key) { return key.second <= now; });
    if (ends_.size() >= kMaxKeys) ends_.clear();
  }
  ends_[digest] = now + kTrust;
}

}  // namespace webhooks::gateway
