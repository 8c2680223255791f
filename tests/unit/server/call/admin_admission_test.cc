#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/call/admission_fixture.h"

// Tests of calls with the admin key and x-project.
namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

using AdminProjectTest = AdmissionTest;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNoAccess = absl::StatusCode::kUnauthenticated;
constexpr auto kLimited = absl::StatusCode::kResourceExhausted;

TEST_F(AdminProjectTest, AdmitsAnAdministratorToTheProjectThatItNames) {
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

TEST_F(AdminProjectTest, RefusesAnAdministratorWithoutAnExistingProject) {
  Credentials admin{.has_key = true, .key = "wadm_key"};
  EXPECT_THAT(Admit(admin), StatusIs(kNoAccess, "API_KEY_INVALID"));
  admin.has_project = true;
  for (const absl::string_view project : {"", "default"}) {
    admin.project = project;
    EXPECT_THAT(Admit(admin), StatusIs(kInvalid, "INVALID_PROJECT"));
  }
  admin.project = "01a209fb-2afb-75e7-a20a-e4a006e1884b";
  EXPECT_THAT(Admit(admin),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
}

TEST_F(AdminProjectTest, OpensNoOtherProjectToAKeyOrACertificate) {
  Credentials mine{.has_key = true, .key = key_, .has_project = true};
  mine.project = of_key_;
  EXPECT_EQ(*Admit(mine), of_key_);
  mine.project = of_certificate_;
  EXPECT_THAT(Admit(mine), StatusIs(kInvalid, "PROJECT_MISMATCH"));
  mine.project = "";
  EXPECT_THAT(Admit(mine), StatusIs(kInvalid, "INVALID_PROJECT"));
  Credentials bound{.has_project = true, .certificate = "client.example"};
  bound.project = of_certificate_;
  EXPECT_EQ(*Admit(bound), of_certificate_);
  bound.project = of_key_;
  EXPECT_THAT(Admit(bound), StatusIs(kInvalid, "PROJECT_MISMATCH"));
}

TEST_F(AdminProjectTest, TellsAStrangerNothingAboutAProject) {
  Credentials wrong{.has_key = true, .key = "wadm_kex", .has_project = true};
  wrong.project = of_key_;
  EXPECT_THAT(Admit(wrong), StatusIs(kNoAccess, "API_KEY_INVALID"));
  wrong.project = "nonsense";
  EXPECT_THAT(Admit(wrong), StatusIs(kNoAccess, "API_KEY_INVALID"));
}

TEST_F(AdminProjectTest, LimitsAnAddressThatGuessesAdminKeysWithAProject) {
  Credentials wrong{.has_key = true, .key = "wadm_kex", .has_project = true};
  wrong.project = of_key_;
  wrong.address = "192.0.2.1";
  for (int i = 0; i < FailedKeys::kBurst; ++i) EXPECT_FALSE(Admit(wrong).ok());
  EXPECT_THAT(Admit(wrong), StatusIs(kLimited, "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AdminProjectTest, CountsTheCallsInFlightOfAdministratorsByThemselves) {
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  const Decision first = Decide(admission_, admin);
  admin.project = of_certificate_;
  const Decision second = Decide(admission_, admin);
  EXPECT_THAT(Admit(admin), StatusIs(kLimited, "TOO_MANY_CALLS"));
  EXPECT_THAT(Admit({.has_key = true, .key = key_}), IsOk());
}

TEST_F(AdminProjectTest, DoesNotCountAnAdministratorAgainstTheRateOfAProject) {
  Limit(of_key_, 1);
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Admit(admin), IsOk());
  EXPECT_THAT(Admit({.has_key = true, .key = key_}), IsOk());
  EXPECT_THAT(Admit({.has_key = true, .key = key_}),
              StatusIs(kLimited, "REQUEST_RATE_EXCEEDED"));
}

TEST_F(AdminProjectTest, RefusesAProjectForACallOfAdministrators) {
  AdminAdmission admins(admin_key_, failed_);
  Credentials admin{.has_key = true, .key = "wadm_key", .has_project = true};
  admin.project = of_key_;
  EXPECT_THAT(Admit(admins, admin), StatusIs(kInvalid, "INVALID_PROJECT"));
}

}  // namespace
}  // namespace webhooks::server
