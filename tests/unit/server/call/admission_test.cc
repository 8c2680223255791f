#include "server/call/admission.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
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
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

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
    EXPECT_THAT(Await<v1::CertificateBinding>([&](auto done) {
                  store_.BindCertificate(binding, {}, done);
                }),
                IsOk());
  }

  // Limits the calls of the project per second.
  void Limit(const std::string& project, int per_second) {
    v1::UpdateProjectRequest change;
    change.set_id(project);
    change.set_max_requests_per_second(per_second);
    change.mutable_update_mask()->add_paths("max_requests_per_second");
    EXPECT_THAT(testing::Await<v1::Project>(
                    [&](auto done) { store_.UpdateProject(change, {}, done); }),
                IsOk());
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

TEST_F(AdmissionTest, AdmitsByKeyOrCertificate) {
  EXPECT_EQ(*Admit({.has_key = true, .key = key_}), of_key_);
  EXPECT_EQ(*Admit({.certificate = "client.example"}), of_certificate_);
}

TEST_F(AdmissionTest, IgnoresTheCertificateIfAKeyIsSent) {
  Credentials both{
      .has_key = true, .key = key_, .certificate = "client.example"};
  EXPECT_EQ(*Admit(both), of_key_);
  both.key = "whk_wrong";
  EXPECT_THAT(Admit(both), StatusIs(kUnauthenticated, "API_KEY_INVALID"));
  both.key = "";
  EXPECT_THAT(Admit(both), StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, RefusesACallWithoutCredentials) {
  EXPECT_THAT(Admit({}), StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, RefusesACertificateThatIsNotBound) {
  EXPECT_THAT(Admit({.certificate = "stranger.example"}),
              StatusIs(kUnauthenticated, "CERTIFICATE_NOT_BOUND"));
}

TEST_F(AdmissionTest, TrustsTheForwardedCertificateOfATrustedGateway) {
  EXPECT_EQ(*Admit({.certificate = "gateway.example",
                    .forwarded_certificate = "client.example"}),
            of_certificate_);
}

TEST_F(AdmissionTest, IgnoresTheForwardedCertificateOfOthers) {
  EXPECT_THAT(Admit({.certificate = "stranger.example",
                     .forwarded_certificate = "client.example"}),
              StatusIs(kUnauthenticated, "CERTIFICATE_NOT_BOUND"));
  EXPECT_THAT(Admit({.forwarded_certificate = "client.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, DoesNotAdmitAClientByItsGatewaysCertificate) {
  Bind("gateway.example");
  EXPECT_THAT(Admit({.certificate = "gateway.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, MarksCallsOfAGateway) {
  const Credentials with_key = {
      .has_key = true, .key = key_, .certificate = "gateway.example"};
  EXPECT_TRUE(Decide(admission_, with_key).is_from_gateway);
  const Credentials without = {.certificate = "gateway.example"};
  EXPECT_TRUE(Decide(admission_, without).is_from_gateway);
  const Credentials another = {
      .has_key = true, .key = key_, .certificate = "client.example"};
  EXPECT_FALSE(Decide(admission_, another).is_from_gateway);
}

TEST_F(AdmissionTest, AdmitsOnlyTheAdminKey) {
  AdminAdmission admins(admin_key_, failed_);
  EXPECT_EQ(*Admit(admins, {.has_key = true, .key = "wadm_key"}), "");
  EXPECT_THAT(Admit(admins, {.has_key = true, .key = "wadm_other"}),
              StatusIs(kUnauthenticated, "ADMIN_KEY_INVALID"));
  EXPECT_THAT(Admit(admins, {.certificate = "client.example"}),
              StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, AdmitsOnlyTheNewAdminKeyAfterItsReplacement) {
  AdminKey key("wadm_old");
  AdminAdmission admins(key, failed_);
  key.Replace("wadm_other");
  EXPECT_THAT(Admit(admins, {.has_key = true, .key = "wadm_old"}),
              StatusIs(kUnauthenticated, "ADMIN_KEY_INVALID"));
  EXPECT_THAT(Admit(admins, {.has_key = true, .key = "wadm_other"}), IsOk());
}

TEST_F(AdmissionTest, AdmitsAnAdministratorToTheProjectThatItNames) {
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  const Decision decision = Decide(admission_, admin);
  EXPECT_THAT(decision.status, IsOk());
  EXPECT_EQ(decision.project, of_key_);
  EXPECT_TRUE(decision.is_admin);
  const std::string upper_case = absl::AsciiStrToUpper(of_certificate_);
  admin.project = upper_case;
  EXPECT_EQ(*Admit(admin), of_certificate_);
}

TEST_F(AdmissionTest, RefusesAnAdministratorWithoutAnExistingProject) {
  Credentials admin{.has_key = true, .key = "wadm_key"};
  EXPECT_THAT(Admit(admin), StatusIs(kUnauthenticated, "API_KEY_INVALID"));
  admin.has_project = true;
  for (const absl::string_view project : {"", "default"}) {
    admin.project = project;
    EXPECT_THAT(Admit(admin), StatusIs(kInvalidArgument, "INVALID_PROJECT"));
  }
  admin.project = "01a209fb-2afb-75e7-a20a-e4a006e1884b";
  EXPECT_THAT(Admit(admin),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
}

TEST_F(AdmissionTest, OpensNoOtherProjectToAKeyOrACertificate) {
  Credentials mine{.has_key = true, .key = key_, .has_project = true};
  mine.project = of_key_;
  EXPECT_EQ(*Admit(mine), of_key_);
  mine.project = of_certificate_;
  EXPECT_THAT(Admit(mine), StatusIs(kInvalidArgument, "PROJECT_MISMATCH"));
  mine.project = "";
  EXPECT_THAT(Admit(mine), StatusIs(kInvalidArgument, "INVALID_PROJECT"));
  Credentials bound{.has_project = true, .certificate = "client.example"};
  bound.project = of_certificate_;
  EXPECT_EQ(*Admit(bound), of_certificate_);
  bound.project = of_key_;
  EXPECT_THAT(Admit(bound), StatusIs(kInvalidArgument, "PROJECT_MISMATCH"));
}

TEST_F(AdmissionTest, TellsAStrangerNothingAboutAProject) {
  Credentials wrong{.has_key = true, .key = "wadm_kex", .has_project = true};
  wrong.project = of_key_;
  EXPECT_THAT(Admit(wrong), StatusIs(kUnauthenticated, "API_KEY_INVALID"));
  wrong.project = "nonsense";
  EXPECT_THAT(Admit(wrong), StatusIs(kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AdmissionTest, LimitsAnAddressThatGuessesAdminKeysWithAProject) {
  Credentials wrong{.has_key = true, .key = "wadm_kex", .has_project = true};
  wrong.project = of_key_;
  wrong.address = "192.0.2.1";
  for (int i = 0; i < FailedKeys::kBurst; ++i) EXPECT_FALSE(Admit(wrong).ok());
  EXPECT_THAT(Admit(wrong), StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AdmissionTest, CountsTheCallsInFlightOfAdministratorsByThemselves) {
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  const Decision first = Decide(admission_, admin);
  admin.project = of_certificate_;
  const Decision second = Decide(admission_, admin);
  EXPECT_THAT(Admit(admin), StatusIs(kExhausted, "TOO_MANY_CALLS"));
  EXPECT_THAT(Admit({.has_key = true, .key = key_}), IsOk());
}

TEST_F(AdmissionTest, DoesNotCountAnAdministratorAgainstTheRateOfAProject) {
  Limit(of_key_, 1);
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Admit(admin), IsOk());
  EXPECT_THAT(Admit({.has_key = true, .key = key_}), IsOk());
  EXPECT_THAT(Admit({.has_key = true, .key = key_}),
              StatusIs(kExhausted, "REQUEST_RATE_EXCEEDED"));
}

TEST_F(AdmissionTest, RefusesAProjectForACallOfAdministrators) {
  AdminAdmission admins(admin_key_, failed_);
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  EXPECT_THAT(Admit(admins, admin),
              StatusIs(kInvalidArgument, "INVALID_PROJECT"));
}

TEST_F(AdmissionTest, LimitsAnAddressThatGuessesAdminKeys) {
  AdminAdmission admins(admin_key_, failed_);
  Credentials wrong{.has_key = true, .key = "x", .address = "192.0.2.1"};
  for (int i = 0; i < FailedKeys::kBurst; ++i) {
    EXPECT_FALSE(Admit(admins, wrong).ok());
  }
  EXPECT_THAT(Admit(admins, wrong),
              StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
  wrong.key = "wadm_key";
  EXPECT_THAT(Admit(admins, wrong), IsOk());
}

TEST_F(AdmissionTest, LimitsTheCallsInFlightOfAKey) {
  const Credentials mine{.has_key = true, .key = key_};
  Decision first = Decide(admission_, mine);
  const Decision second = Decide(admission_, mine);
  EXPECT_THAT(second.status, IsOk());
  EXPECT_THAT(Admit(mine), StatusIs(kExhausted, "TOO_MANY_CALLS"));
  EXPECT_THAT(Admit({.certificate = "client.example"}), IsOk());
  first.place.reset();
  EXPECT_THAT(Admit(mine), IsOk());
}

TEST_F(AdmissionTest, UsesTheAddressOfTheConnection) {
  TryKeys({.address = "192.0.2.1", .forwarded_address = "192.0.2.2"});
  const Credentials mine{.has_key = true, .key = key_, .address = "192.0.2.1"};
  EXPECT_THAT(Admit(mine), StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AdmissionTest, UsesTheAddressThatAGatewayForwards) {
  for (const Credentials& gateway :
       {Credentials{.address = "", .forwarded_address = "192.0.2.2"},
        Credentials{.address = "192.0.2.1",
        .forwarded_address = "192.0.2.3",
        .certificate = "gateway.example"}}) {
    TryKeys(gateway);
    Credentials mine = gateway;
    mine.has_key = true;
    mine.key = key_;
    EXPECT_THAT(Admit(mine), StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
    mine.forwarded_address = "192.0.2.9";
    EXPECT_THAT(Admit(mine), IsOk());
    authenticator_.ForgetProject(of_key_);
  }
}

TEST_F(AdmissionTest, DoesNotTrustAForwardedAddressFromLoopback) {
  for (const char* local : {"127.0.0.1", "127.0.0.9", "::/64"}) {
    TryKeys({.address = local, .forwarded_address = "192.0.2.4"});
    EXPECT_THAT(Admit({.has_key = true,
                       .key = key_,
                       .address = local,
                       .forwarded_address = "192.0.2.5"}),
                StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
  }
}

TEST_F(AdmissionTest, UsesTheForwardedAddressFromAGatewaysAddress) {
  TryKeys({.address = "10.0.0.7", .forwarded_address = "192.0.2.1"});
  TryKeys({.address = "fd00::/64", .forwarded_address = "192.0.2.2"});
  EXPECT_THAT(Admit({.has_key = true, .key = key_, .address = "192.0.2.1"}),
              StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
  EXPECT_THAT(Admit({.has_key = true, .key = key_, .address = "192.0.2.2"}),
              StatusIs(kExhausted, "TOO_MANY_FAILED_KEYS"));
  EXPECT_THAT(Admit({.has_key = true, .key = key_, .address = "10.0.0.7"}),
              IsOk());
}

TEST_F(AdmissionTest, IgnoresTheForwardedCertificateFromAGatewaysAddress) {
  EXPECT_THAT(
      Admit({.address = "10.0.0.7", .forwarded_certificate = "client.example"}),
      StatusIs(kUnauthenticated, "API_KEY_MISSING"));
}

TEST_F(AdmissionTest, IgnoresAMalformedForwardedAddress) {
  for (const char* text : {"x", "y", "z"}) {
    Credentials wrong{.has_key = true, .key = "whk_wrong"};
    wrong.address = "10.0.0.7";
    wrong.forwarded_address = text;
    for (int i = 0; i < FailedKeys::kBurst; ++i) {
      EXPECT_FALSE(Admit(wrong).ok());
    }
  }
  EXPECT_FALSE(failed_.Check("10.0.0.7").ok());
}

}  // namespace
}  // namespace webhooks::server
