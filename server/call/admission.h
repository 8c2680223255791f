#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "server/call/api_key.h"
#include "server/call/authenticator.h"
#include "server/call/credentials.h"
#include "server/call/rate_limits.h"
#include "storage/call.h"

namespace webhooks::server {

// Decides whether a call may be made, by what it shows. UNAUTHENTICATED
// (API_KEY_MISSING): that is nothing, or several keys. Thread-safe.
class Admission {
 public:
  virtual ~Admission() = default;

  // Ends with the id of the project that the call works on; "": none.
  virtual void Admit(const Credentials& credentials, const CallOptions& options,
                     Done<std::string> done) = 0;
};

// Admits the calls of projects: by the key where one is sent, else by the
// certificate. As Authenticator::Authenticate, AuthenticateCertificate and
// RateLimits::Count.
class ProjectAdmission final : public Admission {
 public:
  // `authenticator` and `limits` must outlive this. Connections whose
  // certificate's name is one of `trusted_gateways` make calls for others, and
  // say what certificates those have shown; nobody else is believed.
  ProjectAdmission(Authenticator& authenticator, RateLimits& limits,
                   const std::vector<std::string>& trusted_gateways = {})
      : authenticator_(authenticator),
        limits_(limits),
        trusted_gateways_(trusted_gateways.begin(), trusted_gateways.end()) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Done<std::string> done) override;

 private:
  Authenticator& authenticator_;
  RateLimits& limits_;
  const absl::flat_hash_set<std::string> trusted_gateways_;
};

// Admits the calls of administrators, who have one key. UNAUTHENTICATED
// (ADMIN_KEY_INVALID): it is another.
class AdminAdmission final : public Admission {
 public:
  explicit AdminAdmission(absl::string_view key) : hash_(HashApiKey(key)) {}

  void Admit(const Credentials& credentials, const CallOptions& options,
             Done<std::string> done) override;

 private:
  const ApiKeyHash hash_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ADMISSION_H_
