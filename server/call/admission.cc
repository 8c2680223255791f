#include "server/call/admission.h"

#include <openssl/crypto.h>

#include <utility>

#include "storage/errors.h"

namespace webhooks::server {

void ProjectAdmission::Admit(const Credentials& credentials,
                             const CallOptions& options,
                             Done<std::string> done) {
  // A gateway's own name is nobody's: its client may have shown nothing.
  const std::string& certificate =
      trusted_gateways_.contains(credentials.certificate)
          ? credentials.forwarded_certificate
          : credentials.certificate;
  if (credentials.has_key ? credentials.key.empty() : certificate.empty()) {
    return std::move(done)(ApiKeyMissing());
  }
  Done<Access> count =
      [this, done = std::move(done)](absl::StatusOr<Access> access) mutable {
        if (!access.ok()) return std::move(done)(access.status());
        if (access->max_requests_per_second) {
          absl::Status counted =
              limits_.Count(access->project, *access->max_requests_per_second);
          if (!counted.ok()) return std::move(done)(std::move(counted));
        }
        std::move(done)(std::move(access->project));
      };
  if (credentials.has_key) {
    authenticator_.Authenticate(credentials.key, options, std::move(count));
  } else {
    authenticator_.AuthenticateCertificate(certificate, options,
                                           std::move(count));
  }
}

void AdminAdmission::Admit(const Credentials& credentials, const CallOptions&,
                           Done<std::string> done) {
  if (credentials.key.empty()) return std::move(done)(ApiKeyMissing());
  const ApiKeyHash hash = HashApiKey(credentials.key);
  const bool is_right =
      CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0;
  if (is_right) return std::move(done)(std::string());
  std::move(done)(AdminKeyInvalid());
}

}  // namespace webhooks::server
