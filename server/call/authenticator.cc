#include "server/call/authenticator.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/call/api_key.h"
#include "server/call/errors.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxEntries = 10'000;

std::uint64_t Slot(const ApiKeyHash& hash) {
  std::uint64_t slot;
  std::memcpy(&slot, hash.data(), sizeof(slot));
  return slot;
}

absl::Time EndOf(const v1::ApiKey& key) {
  return key.has_expires_at() ? FromTimestamp(key.expires_at())
                              : absl::InfiniteFuture();
}

Access AccessTo(const v1::Project& project, std::string key) {
  Access access{project.id_project(), std::move(key), std::nullopt};
  if (project.has_max_requests_per_second()) {
    access.max_requests_per_second = project.max_requests_per_second();
  }
  return access;
}

// Does not collide with a key or its id: neither contains a space.
std::string KeyOfCertificate(absl::string_view name) {
  return absl::StrCat("certificate ", name);
}

ApiKeyHash HashCertificate(absl::string_view name) {
  return HashApiKey(KeyOfCertificate(name));
}

}  // namespace

Authenticator::Authenticator(ProjectStore& store, FailedKeys& failed,
                             Clock clock)
    : store_(store), failed_(failed), clock_(std::move(clock)) {}

Done<Access> Authenticator::NotingFailures(const ApiKeyHash& hash,
                                           const std::string& address,
                                           Done<Access> done) {
  return [this, hash, address,
          done = std::move(done)](absl::StatusOr<Access> access) mutable {
    if (absl::IsUnauthenticated(access.status())) {
      failed_.AddFailure(address);
      ForgetHash(hash);
    }
    std::move(done)(std::move(access));
  };
}

void Authenticator::Authenticate(absl::string_view key,
                                 const std::string& address,
                                 const CallOptions& options,
                                 Done<Access> done) {
  const ApiKeyHash hash = HashApiKey(key);
  if (auto access = Cached(hash)) {
    return std::move(done)(*std::move(access));
  }
  absl::Status may_try = CheckLookUp(hash, address);
  if (!may_try.ok()) return std::move(done)(std::move(may_try));
  done = NotingFailures(hash, address, std::move(done));
  if (!IsApiKey(key)) return std::move(done)(ApiKeyInvalid());
  store_.FindApiKey(
      hash, options,
      [this, hash, start = LookUpStart{clock_(), forgotten()},
       done = std::move(done)](absl::StatusOr<KeyOwner> found) mutable {
        std::move(done)(Decide(hash, start, std::move(found)));
      });
}

void Authenticator::AuthenticateCertificate(const std::string& name,
                                            const std::string& address,
                                            const CallOptions& options,
                                            Done<Access> done) {
  const ApiKeyHash hash = HashCertificate(name);
  if (auto access = Cached(hash)) {
    return std::move(done)(*std::move(access));
  }
  absl::Status may_try = CheckLookUp(hash, address);
  if (!may_try.ok()) return std::move(done)(std::move(may_try));
  done = NotingFailures(hash, address, std::move(done));
  store_.FindCertificate(
      name, options,
      [this, name, hash, start = LookUpStart{clock_(), forgotten()},
       done = std::move(done)](absl::StatusOr<v1::Project> found) mutable {
        if (absl::IsNotFound(found.status())) {
          return std::move(done)(CertificateNotBound());
        }
        if (!found.ok()) return std::move(done)(found.status());
        Access access = AccessTo(*found, KeyOfCertificate(name));
        Remember({hash, access, start.time + kCacheTime}, start);
        std::move(done)(std::move(access));
      });
}

absl::StatusOr<Access> Authenticator::Decide(const ApiKeyHash& hash,
                                             const LookUpStart& start,
                                             absl::StatusOr<KeyOwner> found) {
  if (absl::IsNotFound(found.status())) return ApiKeyInvalid();
  if (!found.ok()) return found.status();
  const absl::Time now = clock_();
  if (found->key.has_revoked_at() || EndOf(found->key) <= now) {
    return ApiKeyInvalid();
  }
  Access access = AccessTo(found->project, found->key.id_api_key());
  NoteUse(found->key, now);
  Remember({hash, access, std::min(start.time + kCacheTime, EndOf(found->key))},
           start);
  return access;
}

// Ignores errors, for example of a full disk: the next look-up records the use.
void Authenticator::NoteUse(const v1::ApiKey& key, absl::Time now) {
  if (key.has_last_used_at() &&
      now < FromTimestamp(key.last_used_at()) + absl::Minutes(1)) {
    return;
  }
  store_.NoteKeyUse(key.id_api_key(), now, {}, [](const absl::Status&) {});
}

const Authenticator::Entry* Authenticator::Find(const ApiKeyHash& hash) const {
  const auto entry = entries_.find(Slot(hash));
  if (entry == entries_.end() ||
      entry->second.expires_at + kKnownKeyTime <= clock_() ||
      CRYPTO_memcmp(entry->second.hash.data(), hash.data(), hash.size()) != 0) {
    return nullptr;
  }
  return &entry->second;
}

std::optional<Access> Authenticator::Cached(const ApiKeyHash& hash) {
  absl::MutexLock lock(&mutex_);
  const Entry* entry = Find(hash);
  if (entry == nullptr || entry->expires_at <= clock_()) return std::nullopt;
  return entry->access;
}

absl::Status Authenticator::CheckLookUp(const ApiKeyHash& hash,
                                        const std::string& address) {
  {
    absl::MutexLock lock(&mutex_);
    if (Find(hash) != nullptr) return absl::OkStatus();
  }
  return failed_.Check(address);
}

void Authenticator::Remember(Entry entry, const LookUpStart& start) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mutex_);
  if (forgotten_ != start.forgotten) return;
  // Evicts old entries first, then all expired ones, then all.
  for (const absl::Duration age : {kKnownKeyTime, absl::ZeroDuration()}) {
    if (entries_.size() < kMaxEntries) break;
    absl::erase_if(entries_, [&](const auto& other) {
      return other.second.expires_at + age <= now;
    });
  }
  if (entries_.size() >= kMaxEntries) entries_.clear();
  const std::uint64_t slot = Slot(entry.hash);
  entries_.insert_or_assign(slot, std::move(entry));
}

void Authenticator::ForgetHash(const ApiKeyHash& hash) {
  absl::MutexLock lock(&mutex_);
  if (Find(hash) != nullptr) entries_.erase(Slot(hash));
}

int Authenticator::forgotten() const {
  absl::MutexLock lock(&mutex_);
  return forgotten_;
}

void Authenticator::ForgetKey(absl::string_view id) {
  Forget([id](const Entry& entry) { return entry.access.key == id; });
}

void Authenticator::ForgetCertificate(absl::string_view name) {
  const ApiKeyHash hash = HashCertificate(name);
  Forget([&hash](const Entry& entry) { return entry.hash == hash; });
}

void Authenticator::ForgetProject(absl::string_view id) {
  Forget([id](const Entry& entry) { return entry.access.project == id; });
}

void Authenticator::Forget(const std::function<bool(const Entry&)>& is_meant) {
  absl::MutexLock lock(&mutex_);
  ++forgotten_;
  absl::erase_if(entries_,
                 [&](const auto& entry) { return is_meant(entry.second); });
}

}  // namespace webhooks::server
