#include "server/call/admission.h"

#include <openssl/crypto.h>

#include <utility>

#include "storage/errors.h"

namespace webhooks::server {

void ProjectAdmission::Admit(absl::string_view key, const CallOptions& options,
                             Done<std::string> done) {
  authenticator_.Authenticate(
      key, options,
      [this, done = std::move(done)](absl::StatusOr<Access> access) mutable {
        if (!access.ok()) return std::move(done)(access.status());
        if (access->max_requests_per_second) {
          absl::Status counted =
              limits_.Count(access->project, *access->max_requests_per_second);
          if (!counted.ok()) return std::move(done)(std::move(counted));
        }
        std::move(done)(std::move(access->project));
      });
}

void AdminAdmission::Admit(absl::string_view key, const CallOptions&,
                           Done<std::string> done) {
  const ApiKeyHash hash = HashApiKey(key);
  const bool is_right =
      CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0;
  if (is_right) return std::move(done)(std::string());
  std::move(done)(AdminKeyInvalid());
}

}  // namespace webhooks::server
