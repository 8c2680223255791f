#ifndef WEBHOOKS_SERVER_CALL_ADMISSION_H_
#define WEBHOOKS_SERVER_CALL_ADMISSION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/call/api_key.h"
#include "server/call/authenticator.h"
#include "server/call/rate_limits.h"
#include "storage/call.h"

namespace webhooks::server {

// Decides whether a call may be made, by the key that it carries. Thread-safe.
class Admission {
 public:
  virtual ~Admission() = default;

  // Ends with the id of the project that the call works on; "": none.
  virtual void Admit(absl::string_view key, const CallOptions& options,
                     Done<std::string> done) = 0;
};

// Admits the calls of projects. As Authenticator::Authenticate and
// RateLimits::Count.
class ProjectAdmission final : public Admission {
 public:
  // Both must outlive this.
  ProjectAdmission(Authenticator& authenticator, RateLimits& limits)
      : authenticator_(authenticator), limits_(limits) {}

  void Admit(absl::string_view key, const CallOptions& options,
             Done<std::string> done) override;

 private:
  Authenticator& authenticator_;
  RateLimits& limits_;
};

// Admits the calls of administrators, who have one key. UNAUTHENTICATED
// (ADMIN_KEY_INVALID): it is another.
class AdminAdmission final : public Admission {
 public:
  explicit AdminAdmission(absl::string_view key) : hash_(HashApiKey(key)) {}

  void Admit(absl::string_view key, const CallOptions& options,
             Done<std::string> done) override;

 private:
  const ApiKeyHash hash_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ADMISSION_H_
