#include "server/services/admin_rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

const absl::Time kAdminNow = absl::FromUnixSeconds(1800000000);

TEST(AdminRules, AcceptNamesOfOneToTwoHundredCharacters) {
  v1::CreateProjectRequest request;
  EXPECT_THAT(testing::ViolatedFields(CheckCreateProject(request)),
              ElementsAre("name"));
  for (int i = 0; i < 200; ++i) request.mutable_name()->append("\xc3\xa9");
  EXPECT_THAT(CheckCreateProject(request), IsOk());
  request.mutable_name()->append("x");
  EXPECT_THAT(testing::ViolatedFields(CheckCreateProject(request)),
              ElementsAre("name"));
}

TEST(AdminRules, ReportEveryViolation) {
  v1::CreateProjectRequest request;
  request.set_name("a\tb");
  request.set_max_webhooks(-1);
  request.set_max_requests_per_second(1'000'001);
  request.set_request_id(std::string(256, 'x'));
  EXPECT_THAT(testing::ViolatedFields(CheckCreateProject(request)),
              ElementsAre("name", "max_webhooks", "max_requests_per_second",
                          "request_id"));
}

TEST(AdminRules, CheckTheNameOnlyIfItChanges) {
  v1::UpdateProjectRequest request;
  request.set_max_webhooks(0);
  EXPECT_THAT(CheckUpdateProject(request), IsOk());
  EXPECT_THAT(MaskOf(request).paths(), ElementsAre("max_webhooks"));
  request.mutable_update_mask()->add_paths("*");
  EXPECT_THAT(testing::ViolatedFields(CheckUpdateProject(request)),
              ElementsAre("name"));
  request.set_name("acme");
  EXPECT_THAT(CheckUpdateProject(request), IsOk());
  request.mutable_update_mask()->add_paths("created_at");
  EXPECT_THAT(testing::ViolatedFields(CheckUpdateProject(request)),
              ElementsAre("update_mask"));
}

TEST(AdminRules, AcceptExpiryTimesInTheFuture) {
  v1::CreateApiKeyRequest request;
  request.set_name("ci");
  EXPECT_THAT(CheckCreateApiKey(request, kAdminNow), IsOk());
  request.mutable_expires_at()->set_seconds(1800000001);
  EXPECT_THAT(CheckCreateApiKey(request, kAdminNow), IsOk());
  for (const std::int64_t seconds : {0L, 1800000000L, 253402300800L}) {
    request.mutable_expires_at()->set_seconds(seconds);
    EXPECT_THAT(testing::ViolatedFields(CheckCreateApiKey(request, kAdminNow)),
                ElementsAre("expires_at"));
  }
}

TEST(AdminRules, RefuseAnInvalidExpiryTime) {
  v1::CreateApiKeyRequest request;
  request.set_name("ci");
  request.mutable_expires_at()->set_seconds(1800000001);
  for (const std::int32_t nanos : {-1, 1'000'000'000, 2'000'000'000}) {
    request.mutable_expires_at()->set_nanos(nanos);
    EXPECT_THAT(testing::ViolatedFields(CheckCreateApiKey(request, kAdminNow)),
                ElementsAre("expires_at"))
        << nanos;
  }
  request.mutable_expires_at()->set_nanos(999'999'999);
  EXPECT_THAT(CheckCreateApiKey(request, kAdminNow), IsOk());
}

TEST(AdminRules, AcceptCertificateNamesThatMetadataCanHold) {
  v1::BindCertificateRequest request;
  for (const std::string& name :
       {std::string("client.example"), std::string("spiffe://x/billing"),
        std::string(255, 'x')}) {
    request.set_name(name);
    EXPECT_THAT(CheckBindCertificate(request), IsOk());
  }
  for (const std::string& name :
       {std::string(), std::string("two words"), std::string("\xc3\xa9"),
        std::string(256, 'x')}) {
    request.set_name(name);
    EXPECT_THAT(testing::ViolatedFields(CheckBindCertificate(request)),
                ElementsAre("name"));
  }
}

}  // namespace
}  // namespace webhooks::server
