#include "server/call/admission.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest()
      : authenticator_(store_, [this] { return now_; }),
        limits_([this] { return now_; }),
        admission_(authenticator_, limits_, {"gateway.example"}) {
    const testing::ProjectAndKey made = testing::MakeProject();
    EXPECT_THAT(testing::CreateProject(store_, made.project, made.key,
                                       HashApiKey(key_)),
                IsOk());
    of_key_ = made.project.id_project();
    const testing::ProjectAndKey other = testing::MakeProject();
    EXPECT_THAT(
        testing::CreateProject(store_, other.project, other.key, other.hash),
        IsOk());
    of_certificate_ = other.project.id_project();
    Bind("client.example");
  }

  void Bind(const std::string& name) {
    v1::CertificateBinding binding;
    binding.set_name(name);
    binding.set_id_project(of_certificate_);
    EXPECT_THAT(testing::Await<v1::CertificateBinding>([&](auto done) {
                  store_.BindCertificate(binding, {}, done);
                }),
                IsOk());
  }

  static absl::StatusOr<std::string> Admit(Admission& admission,
                                           const Credentials& credentials) {
    return testing::Await<std::string>(
        [&](auto done) { admission.Admit(credentials, {}, done); });
  }

  absl::StatusOr<std::string> Admit(const Credentials& credentials) {
    return Admit(admission_, credentials);
  }

  absl::Time now_ = absl::FromUnixSeconds(1727784000);
  SystemEntropy entropy_;
  const std::string key_ = MakeApiKey(entropy_);
  testing::FakeStore store_;
  Authenticator authenticator_;
  RateLimits limits_;
  ProjectAdmission admission_;
  std::string of_key_;
  std::string of_certificate_;
};

TEST_F(AdmissionTest, GoesByTheKeyOrTheCertificate) {
  EXPECT_EQ(*Admit({.has_key = true, .key = key_}), of_key_);
  EXPECT_EQ(*Admit({.certificate = "client.example"}), of_certificate_);
}

TEST_F(AdmissionTest, LetsAKeyThatIsSentDecideAlone) {
  Credentials both{
      .has_key = true, .key = key_, .certificate = "client.example"};
  EXPECT_EQ(*Admit(both), of_key_);
  both.key = "whk_wrong";
  EXPECT_THAT(Admit(both), StatusIs(kUnauthenticated, "API_KEY_INVALID"));
  both.key = "";
  EXPECT_THAT(Admit(both), StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, RefusesACallThatShowsNothing) {
  EXPECT_THAT(Admit({}), StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, RefusesACertificateThatIsNotBound) {
  EXPECT_THAT(Admit({.certificate = "stranger.example"}),
              StatusIs(kUnauthenticated, "CERTIFICATE_NOT_BOUND"));
}

TEST_F(AdmissionTest, BelievesATrustedGatewayWhatItsClientHasShown) {
  EXPECT_EQ(*Admit({.certificate = "gateway.example",
                    .forwarded_certificate = "client.example"}),
            of_certificate_);
}

TEST_F(AdmissionTest, BelievesNobodyElse) {
  EXPECT_THAT(Admit({.certificate = "stranger.example",
                     .forwarded_certificate = "client.example"}),
              StatusIs(kUnauthenticated, "CERTIFICATE_NOT_BOUND"));
  EXPECT_THAT(Admit({.forwarded_certificate = "client.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, DoesNotTakeAGatewayForItsClients) {
  Bind("gateway.example");
  EXPECT_THAT(Admit({.certificate = "gateway.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, GoesByTheAdminKeyAlone) {
  AdminAdmission admins("wadm_key");
  EXPECT_EQ(*Admit(admins, {.has_key = true, .key = "wadm_key"}), "");
  EXPECT_THAT(Admit(admins, {.has_key = true, .key = "wadm_other"}),
              StatusIs(kUnauthenticated, "ADMIN_KEY_INVALID"));
  EXPECT_THAT(Admit(admins, {.certificate = "client.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

}  // namespace
}  // namespace webhooks::server
