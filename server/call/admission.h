#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
#include "storage/project_store.h"
#include "webhooks/v1/admin.pb.h"

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
  // The caller has the administrators' key.
  bool is_admin = false;
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

// The key of the administrators. Thread-safe.
class AdminKey {
 public:
  explicit AdminKey(absl::string_view key)
      : size_(key.size()), hash_(HashApiKey(key)) {}

  // Replaces the key. The old one is not valid any more.
  void Replace(absl::string_view key);

  // Returns true if `key` is this one. The time depends on the size of `key`,
  // which is not secret, but not on its content.
  bool Is(absl::string_view key) const;

 private:
  mutable absl::Mutex mutex_;
  std::size_t size_ ABSL_GUARDED_BY(mutex_);
  ApiKeyHash hash_ ABSL_GUARDED_BY(mutex_);
};

// Admits the calls of projects by their API key, or by their certificate if
// they send no key. Fails with the errors of Authenticator and
// RateLimits::Count, or RESOURCE_EXHAUSTED (TOO_MANY_CALLS) if the key has too
// many calls in flight.
//
// Admits administrators to every project that exists, which they name in
// x-project. Their calls share one limit of calls in flight, and do not count
// towards the rate limit of the project, so that they neither use up nor
// exceed the share of its own keys. INVALID_ARGUMENT: x-project is malformed
// (INVALID_PROJECT), or another project than that of the caller's own key
// (PROJECT_MISMATCH). NOT_FOUND (PROJECT_NOT_FOUND).
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
  ProjectAdmission(Authenticator& authenticator, ProjectStore& projects,
                   const AdminKey& admin_key, RateLimits& limits,
                   CallsInFlight& calls, Gateways gateways)
      : authenticator_(authenticator),
        projects_(projects),
        admin_key_(admin_key),
        limits_(limits),
        calls_(calls),
        gateways_(std::move(gateways)) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  bool TrustsForwardedAddress(const Credentials& credentials) const;
  // `project` is the id in x-project; "" if there is none.
  Decision DecisionOf(absl::StatusOr<Access> access,
                      const absl::StatusOr<std::string>& project);
  void AdmitAdmin(const Credentials& credentials, const CallOptions& options,
                  Decide decide);
  Decision DecisionOfAdmin(const absl::StatusOr<v1::Project>& project);

  Authenticator& authenticator_;
  ProjectStore& projects_;
  const AdminKey& admin_key_;
  RateLimits& limits_;
  CallsInFlight& calls_;
  const Gateways gateways_;
};

// Admits the calls of administrators, who share one key. UNAUTHENTICATED
// (ADMIN_KEY_INVALID) for another key; RESOURCE_EXHAUSTED
// (TOO_MANY_FAILED_KEYS) after many of them from the same address.
// INVALID_ARGUMENT (INVALID_PROJECT) for a call with x-project.
class AdminAdmission final : public Admission {
 public:
  // Both must outlive this.
  AdminAdmission(const AdminKey& key, FailedKeys& failed)
      : key_(key), failed_(failed) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Decide decide) override;

 private:
  const AdminKey& key_;
  FailedKeys& failed_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ADMISSION_H_
