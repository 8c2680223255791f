#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
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
  // OK, or the error that the caller gets.
  absl::Status status;
  // The id of the caller's project; "" if there is none.
  std::string project = {};
  // Unset if the project has no rate limit.
  std::optional<RateState> rate = std::nullopt;
  // Held until the call ends.
  CallsInFlight::Place place = nullptr;
  // A gateway makes the call for one of its clients.
  bool is_from_gateway = false;
};

// Decides if a call is admitted, by its credentials. UNAUTHENTICATED
// (API_KEY_MISSING) if it has none, or several keys. Thread-safe.
class Admission {
 public:
  using Decide = absl::AnyInvocable<void(Decision) &&>;

  virtual ~Admission() = default;

  virtual void Admit(const Credentials& credentials, const CallOptions& options,
                     Decide decide) = 0;
};

// Admits the calls of projects by their API key, or by their certificate if
// they send no key. Fails with the errors of Authenticator and
// RateLimits::Count, or RESOURCE_EXHAUSTED (TOO_MANY_CALLS) if the key has too
// many calls in flight.
class ProjectAdmission final : public Admission {
 public:
  // Processes that make calls for their own clients.
  struct Gateways {
    // The names of their certificates. They are trusted to forward the address
    // and the certificate of a client.
    std::vector<std::string> names;
    // Their addresses. They are trusted to forward the address of a client, as
    // is every caller on a unix socket. Loopback addresses are not trusted by
    // default, because a local proxy forwards the headers of any client.
    std::vector<AddressRange> addresses;
  };

  // All references must outlive this.
  ProjectAdmission(Authenticator& authenticator, RateLimits& limits,
                   CallsInFlight& calls, Gateways gateways)
      : authenticator_(authenticator),
        limits_(limits),
        calls_(calls),
        gateways_(std::move(gateways)) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  bool TrustsForwardedAddress(const Credentials& credentials) const;
  Decision DecisionOf(absl::StatusOr<Access> access);

  Authenticator& authenticator_;
  RateLimits& limits_;
  CallsInFlight& calls_;
  const Gateways gateways_;
};

// Admits the calls of administrators, who share one key. UNAUTHENTICATED
// (ADMIN_KEY_INVALID) for another key; RESOURCE_EXHAUSTED
// (TOO_MANY_FAILED_KEYS) after many of them from the same address.
class AdminAdmission final : public Admission {
 public:
  // `failed` must outlive this.
  AdminAdmission(absl::string_view key, FailedKeys& failed)
      : hash_(HashApiKey(key)), failed_(failed) {}

  // Replaces the key. The old one is not valid any more. Thread-safe.
  void SetKey(absl::string_view key);

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  bool IsKey(absl::string_view key) const;

  mutable absl::Mutex mutex_;
  ApiKeyHash hash_ ABSL_GUARDED_BY(mutex_);
  FailedKeys& failed_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ADMISSION_H_
