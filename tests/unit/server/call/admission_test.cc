#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/call/admission_fixture.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

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
