#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/call/api_key.h"
#include "server/call/authenticator.h"
#include "server/call/calls_in_flight.h"
#include "server/call/credentials.h"
#include "server/call/failed_keys.h"
#include "server/call/rate_limits.h"
#include "server/runtime/address_range.h"
#include "storage/call.h"

namespace webhooks::server {

// The outcome of an admission.
struct Decision {
  // OK, or why the call may not be made.
  absl::Status status;
  // The id of the project that it works on; "": none.
  std::string project = {};
  // Unset: the project may make as many calls as it likes.
  std::optional<RateState> rate = std::nullopt;
  // To be kept until the call has ended.
  CallsInFlight::Place place = nullptr;
  // A gateway makes the call, for a client of its own.
  bool is_of_gateway = false;
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
  // Processes that make calls for clients of their own.
  struct Gateways {
    // The names of their certificates: they are believed what certificates
    // those others have shown, and from where they call.
    std::vector<std::string> names;
    // Where they are: they are believed from where those others call. So is
    // whoever comes by a unix socket, but not who only is on this machine: that
    // may be a proxy, which passes on what anybody sends.
    std::vector<AddressRange> addresses;
  };

  // All must outlive this. Nobody but `gateways` is believed.
  ProjectAdmission(Authenticator& authenticator, RateLimits& limits,
                   CallsInFlight& calls, Gateways gateways)
      : authenticator_(authenticator),
        limits_(limits),
        calls_(calls),
        gateways_(std::move(gateways)) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  // Returns true if the other end of the connection is believed when it says
  // where its clients are.
  bool KnowsAddresses(const Credentials& credentials) const;
  Decision DecisionOf(absl::StatusOr<Access> access);

  Authenticator& authenticator_;
  RateLimits& limits_;
  CallsInFlight& calls_;
  const Gateways gateways_;
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
