#include "server/call/admission.h"

#include <openssl/crypto.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "server/call/errors.h"
#include "server/runtime/client_address.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

// The calls in flight of all administrators count under this name, which no key
// has.
constexpr char kAdministrators[] = "administrators";

// Returns the id in x-project in lower case, or "" if there is none. Returns
// the error of InvalidProject if it is not an id, or is repeated.
absl::StatusOr<std::string> ProjectOf(const Credentials& credentials) {
  if (!credentials.has_project) return "";
  const std::optional<Uuid> id = ParseUuid(credentials.project);
  if (!id) return InvalidProject();
  return FormatUuid(*id);
}

}  // namespace

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
  decide = [is_gateway, decide = std::move(decide)](Decision decision) mutable {
    decision.is_from_gateway = is_gateway;
    std::move(decide)(std::move(decision));
  };
  // The gateway's own certificate does not authenticate its client.
  const std::string& certificate =
      is_gateway ? credentials.forwarded_certificate : credentials.certificate;
  if (credentials.has_key ? credentials.key.empty() : certificate.empty()) {
    return std::move(decide)({ApiKeyMissing()});
  }
  if (admin_key_.Is(credentials.key)) {
    return AdmitAdmin(credentials, options, std::move(decide));
  }
  const bool is_forwarded =
      (is_gateway || TrustsForwardedAddress(credentials)) &&
      BytesOfClient(credentials.forwarded_address).has_value();
  const std::string& address =
      is_forwarded ? credentials.forwarded_address : credentials.address;
  Done<Access> decide_access =
      [this, project = ProjectOf(credentials),
       decide = std::move(decide)](absl::StatusOr<Access> access) mutable {
        std::move(decide)(DecisionOf(std::move(access), project));
      };
  if (credentials.has_key) {
    authenticator_.Authenticate(credentials.key, address, options,
                                std::move(decide_access));
  } else {
    authenticator_.AuthenticateCertificate(certificate, address, options,
                                           std::move(decide_access));
  }
}

Decision ProjectAdmission::DecisionOf(
    absl::StatusOr<Access> access, const absl::StatusOr<std::string>& project) {
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
  decision.status.Update(project.status());
  if (project.ok() && !project->empty() && *project != access->project) {
    decision.status.Update(ProjectMismatch());
  }
  decision.project = std::move(access->project);
  return decision;
}

void ProjectAdmission::AdmitAdmin(const Credentials& credentials,
                                  const CallOptions& options, Decide decide) {
  const absl::StatusOr<std::string> project = ProjectOf(credentials);
  if (!project.ok()) {
    return std::move(decide)(DecisionOfAdmin(project.status()));
  }
  if (project->empty()) {
    return std::move(decide)(DecisionOfAdmin(ProjectMissing()));
  }
  projects_.GetProject(*project, options,
                       [this, decide = std::move(decide)](
                           const absl::StatusOr<v1::Project>& found) mutable {
                         std::move(decide)(DecisionOfAdmin(found));
                       });
}

Decision ProjectAdmission::DecisionOfAdmin(
    const absl::StatusOr<v1::Project>& project) {
  Decision decision;
  decision.is_admin = true;
  decision.status = project.status();
  if (!project.ok()) return decision;
  decision.project = project->id_project();
  decision.place = calls_.Take(kAdministrators);
  if (decision.place == nullptr) decision.status = TooManyCalls();
  return decision;
}

void AdminKey::Replace(absl::string_view key) {
  const ApiKeyHash hash = HashApiKey(key);
  absl::MutexLock lock(&mutex_);
  size_ = key.size();
  hash_ = hash;
}

bool AdminKey::Is(absl::string_view key) const {
  // Does not hash the key of a project.
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (key.size() != size_) return false;
  }
  const ApiKeyHash hash = HashApiKey(key);
  absl::ReaderMutexLock lock(&mutex_);
  return CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0;
}

void AdminAdmission::Admit(const Credentials& credentials, const CallOptions&,
                           Decide decide) {
  if (credentials.key.empty()) return std::move(decide)({ApiKeyMissing()});
  if (key_.Is(credentials.key)) {
    Decision decision;
    decision.is_admin = true;
    if (credentials.has_project) decision.status = ProjectNotAllowed();
    return std::move(decide)(std::move(decision));
  }
  absl::Status may_try = failed_.Check(credentials.address);
  if (!may_try.ok()) return std::move(decide)({std::move(may_try)});
  failed_.AddFailure(credentials.address);
  std::move(decide)({AdminKeyInvalid()});
}

}  // namespace webhooks::server
