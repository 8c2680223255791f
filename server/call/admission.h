#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/call/api_key.h"
#include "server/call/authenticator.h"
#include "server/call/calls_in_flight.h"
#include "server/call/credentials.h"
#include "server/call/failed_keys.h"
#include "server/call/rate_limits.h"
#include "storage/call.h"

namespace webhooks::server {

// What was decided of a call.
struct Decision {
  // OK, or why the call may not be made.
  absl::Status status;
  // The id of the project that it works on; "": none.
  std::string project = {};
  // Unset: the project may make as many calls as it likes.
  std::optional<RateState> rate = std::nullopt;
  // To be kept until the call has ended.
  CallsInFlight::Place place = nullptr;
};

// Decides whether a call may be made, by what it shows. UNAUTHENTICATED
// (API_KEY_MISSING): that is nothing, or several keys. Thread-safe.
class Admission {
 public:
  using Decide = absl::AnyInvocable<void(Decision) &&>;

  virtual ~Admission() = default;

  virtual void Admit(const Credentials& credentials, const CallOptions& options,
                     Decide decide) = 0;
};

// Admits the calls of projects: by the key where one is sent, else by the
// certificate. As Authenticator::Authenticate, AuthenticateCertificate and
// RateLimits::Count; RESOURCE_EXHAUSTED (TOO_MANY_CALLS): the key has as many
// calls in flight as it may.
class ProjectAdmission final : public Admission {
 public:
  // All must outlive this. Connections whose certificate's name is one of
  // `trusted_gateways` make calls for others, and say what certificates those
  // have shown; nobody else is believed. What their address is, whoever is on
  // this machine is believed as well.
  ProjectAdmission(Authenticator& authenticator, RateLimits& limits,
                   CallsInFlight& calls,
                   const std::vector<std::string>& trusted_gateways = {})
      : authenticator_(authenticator),
        limits_(limits),
        calls_(calls),
        trusted_gateways_(trusted_gateways.begin(), trusted_gateways.end()) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  Decision Judge(absl::StatusOr<Access> access);

  Authenticator& authenticator_;
  RateLimits& limits_;
  CallsInFlight& calls_;
  const absl::flat_hash_set<std::string> trusted_gateways_;
};

// Admits the calls of administrators, who have one key. UNAUTHENTICATED
// (ADMIN_KEY_INVALID): it is another. RESOURCE_EXHAUSTED
// (TOO_MANY_FAILED_KEYS): so were many others from the same address.
class AdminAdmission final : public Admission {
 public:
  // `failed` must outlive this.
  AdminAdmission(absl::string_view key, FailedKeys& failed)
      : hash_(HashApiKey(key)), failed_(failed) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  const ApiKeyHash hash_;
  FailedKeys& failed_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ADMISSION_H_
