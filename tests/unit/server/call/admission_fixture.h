#ifndef WEBHOOKS_TESTS_UNIT_SERVER_CALL_ADMISSION_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_SERVER_CALL_ADMISSION_FIXTURE_H_

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/admission.h"
#include "server/call/api_key.h"
#include "server/runtime/entropy.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::server {

// The fixture of a test of admissions: a project with a key, another one with a
// certificate, and the admin key "wadm_key".
class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest()
      : failed_([this] { return now_; }),
        authenticator_(store_, failed_, [this] { return now_; }),
        limits_([this] { return now_; }),
        in_flight_(2),
        admission_(authenticator_, store_, admin_key_, limits_, in_flight_,
                   {.names = {"gateway.example"},
                    .addresses = {*AddressRange::Parse("10.0.0.0/24"),
                                  *AddressRange::Parse("fd00::/48")}}) {
    const testing::ProjectAndKey made = testing::MakeProject();
    EXPECT_THAT(testing::CreateProject(store_, made.project, made.key,
                                       HashApiKey(key_)),
                testing::IsOk());
    of_key_ = made.project.id_project();
    const testing::ProjectAndKey other = testing::MakeProject();
    EXPECT_THAT(
        testing::CreateProject(store_, other.project, other.key, other.hash),
        testing::IsOk());
    of_certificate_ = other.project.id_project();
    Bind("client.example");
  }

  void Bind(const std::string& name) {
    v1::CertificateBinding binding;
    binding.set_name(name);
    binding.set_id_project(of_certificate_);
    EXPECT_THAT(Await<v1::CertificateBinding>([&](auto done) {
                  store_.BindCertificate(binding, {}, done);
                }),
                testing::IsOk());
  }

  // Limits the calls of the project per second.
  void Limit(const std::string& project, int per_second) {
    v1::UpdateProjectRequest change;
    change.set_id(project);
    change.set_max_requests_per_second(per_second);
    change.mutable_update_mask()->add_paths("max_requests_per_second");
    EXPECT_THAT(Await<v1::Project>(
                    [&](auto done) { store_.UpdateProject(change, {}, done); }),
                testing::IsOk());
    authenticator_.ForgetProject(project);
  }

  static Decision Decide(Admission& admission, const Credentials& credentials) {
    Pending<Decision> decided;
    admission.Admit(credentials, {}, decided.Completion());
    return decided.Get();
  }

  static absl::StatusOr<std::string> Admit(Admission& admission,
                                           const Credentials& credentials) {
    const Decision decision = Decide(admission, credentials);
    if (!decision.status.ok()) return decision.status;
    return decision.project;
  }

  absl::StatusOr<std::string> Admit(const Credentials& credentials) {
    return Admit(admission_, credentials);
  }

  // Sends as many invalid keys as may be looked up.
  void TryKeys(Credentials credentials) {
    for (int i = 0; i < FailedKeys::kBurst; ++i) {
      const std::string key = MakeApiKey(entropy_);
      credentials.has_key = true;
      credentials.key = key;
      EXPECT_FALSE(Admit(credentials).ok());
    }
  }

  absl::Time now_ = absl::FromUnixSeconds(1727784000);
  SystemEntropy entropy_;
  const std::string key_ = MakeApiKey(entropy_);
  testing::FakeStore store_;
  FailedKeys failed_;
  Authenticator authenticator_;
  RateLimits limits_;
  CallsInFlight in_flight_;
  const AdminKey admin_key_{"wadm_key"};
  ProjectAdmission admission_;
  std::string of_key_;
  std::string of_certificate_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_TESTS_UNIT_SERVER_CALL_ADMISSION_FIXTURE_H_
