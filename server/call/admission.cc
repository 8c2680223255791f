#include "server/call/admission.h"

#include <openssl/crypto.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "server/call/errors.h"
#include "server/runtime/client_address.h"

namespace webhooks::server {

bool ProjectAdmission::TrustsForwardedAddress(
    const Credentials& credentials) const {
  // A unix socket is protected by the permissions of its file.
  if (credentials.address.empty()) return true;
  const auto address = BytesOfClient(credentials.address);
  return address && AnyHolds(gateways_.addresses, *address);
}

void ProjectAdmission::Admit(const Credentials& credentials,
                             const CallOptions& options, Decide decide) {
  const bool is_gateway =
      absl::c_linear_search(gateways_.names, credentials.certificate);
  // The gateway's own certificate does not authenticate its client.
  const std::string& certificate =
      is_gateway ? credentials.forwarded_certificate : credentials.certificate;
  const bool is_forwarded =
      (is_gateway || TrustsForwardedAddress(credentials)) &&
      BytesOfClient(credentials.forwarded_address).has_value();
  const std::string& address =
      is_forwarded ? credentials.forwarded_address : credentials.address;
  if (credentials.has_key ? credentials.key.empty() : certificate.empty()) {
    Decision decision{ApiKeyMissing()};
    decision.is_from_gateway = is_gateway;
    return std::move(decide)(std::move(decision));
  }
  Done<Access> decide_access = [this, is_gateway, decide = std::move(decide)](
                                   absl::StatusOr<Access> access) mutable {
    Decision decision = DecisionOf(std::move(access));
    decision.is_from_gateway = is_gateway;
    std::move(decide)(std::move(decision));
  };
  if (credentials.has_key) {
    authenticator_.Authenticate(credentials.key, address, options,
                                std::move(decide_access));
  } else {
    authenticator_.AuthenticateCertificate(certificate, address, options,
                                           std::move(decide_access));
  }
}

Decision ProjectAdmission::DecisionOf(absl::StatusOr<Access> access) {
  if (!access.ok()) return {access.status()};
  Decision decision;
  decision.place = calls_.Take(access->key);
  if (decision.place == nullptr) {
    decision.status = TooManyCalls();
  } else if (access->max_requests_per_second) {
    decision.status =
        limits_.Count(access->project, *access->max_requests_per_second,
                      decision.rate.emplace());
  }
  decision.project = std::move(access->project);
  return decision;
}

void AdminAdmission::SetKey(absl::string_view key) {
  const ApiKeyHash hash = HashApiKey(key);
  absl::MutexLock lock(&mutex_);
  hash_ = hash;
}

bool AdminAdmission::IsKey(absl::string_view key) const {
  const ApiKeyHash hash = HashApiKey(key);
  absl::ReaderMutexLock lock(&mutex_);
  return CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0;
}

void AdminAdmission::Admit(const Credentials& credentials, const CallOptions&,
                           Decide decide) {
  if (credentials.key.empty()) return std::move(decide)({ApiKeyMissing()});
  if (IsKey(credentials.key)) return std::move(decide)({absl::OkStatus()});
  absl::Status may_try = failed_.Check(credentials.address);
  if (!may_try.ok()) return std::move(decide)({std::move(may_try)});
  failed_.AddFailure(credentials.address);
  std::move(decide)({AdminKeyInvalid()});
}

}  // namespace webhooks::server
