#include "server/call/authenticator.h"

#include <openssl/crypto.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "server/call/api_key.h"
#include "storage/errors.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxEntries = 10'000;

std::uint64_t Slot(const ApiKeyHash& hash) {
  std::uint64_t slot;
  std::memcpy(&slot, hash.data(), sizeof(slot));
  return slot;
}

}  // namespace

Authenticator::Authenticator(Store& store, Clock clock)
    : store_(store), clock_(std::move(clock)) {}

void Authenticator::Authenticate(absl::string_view key,
                                 const CallOptions& options,
                                 Done<std::string> done) {
  if (!IsApiKey(key)) return std::move(done)(ApiKeyInvalid());
  const ApiKeyHash hash = HashApiKey(key);
  if (auto project = Remembered(hash)) {
    return std::move(done)(*std::move(project));
  }
  store_.FindApiKey(hash, options,
                    [this, hash, done = std::move(done)](
                        absl::StatusOr<v1::ApiKey> found) mutable {
                      if (absl::IsNotFound(found.status())) {
                        return std::move(done)(ApiKeyInvalid());
                      }
                      if (!found.ok()) return std::move(done)(found.status());
                      Remember(hash, found->id_project());
                      std::move(done)(std::move(*found->mutable_id_project()));
                    });
}

std::optional<std::string> Authenticator::Remembered(const ApiKeyHash& hash) {
  absl::MutexLock lock(&mutex_);
  const auto entry = entries_.find(Slot(hash));
  if (entry == entries_.end() || entry->second.forget_at <= clock_() ||
      CRYPTO_memcmp(entry->second.hash.data(), hash.data(), hash.size()) != 0) {
    return std::nullopt;
  }
  return entry->second.project;
}

void Authenticator::Remember(const ApiKeyHash& hash,
                             const std::string& project) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (entries_.size() >= kMaxEntries) {
    absl::erase_if(entries_, [now](const auto& entry) {
      return entry.second.forget_at <= now;
    });
  }
  // Every key in use within the last seconds: start over rather than grow.
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_[Slot(hash)] = Entry{hash, project, now + kTrust};
}

}  // namespace webhooks::server
