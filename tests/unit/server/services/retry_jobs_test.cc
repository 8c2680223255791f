#include "server/services/retry_jobs.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/runtime/entropy.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::BadRequest violations = ViolationsOf(status);
  for (const auto& violation : violations.field_violations()) {
    fields.push_back(violation.field());
  }
  return fields;
}

v1::RetryJob Make(const v1::CreateRetryJobRequest& request) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  SystemEntropy entropy;
  IdMaker ids([&] { return now; }, [&] { return now; }, entropy,
              absl::InfinitePast());
  return MakeRetryJob("project", request, ids, now);
}

TEST(CheckRetryJob, NamesEachFieldThatIsInvalid) {
  v1::CreateRetryJobRequest request;
  EXPECT_THAT(CheckRetryJob(request), IsOk());
  request.set_selection(static_cast<v1::RetryJob::Selection>(99));
  request.set_event_type("a b");
  request.set_max_per_second(10'001);
  request.set_request_id("a\nb");
  EXPECT_THAT(
      FieldsOf(CheckRetryJob(request)),
      ElementsAre("selection", "event_type", "max_per_second", "request_id"));
}

TEST(MakeRetryJob, SelectsFailedDeliveriesByDefault) {
  v1::CreateRetryJobRequest request;
  EXPECT_EQ(Make(request).selection(), v1::RetryJob::FAILED);
  EXPECT_FALSE(Make(request).has_event_type());
  request.set_selection(v1::RetryJob::ALL);
  request.set_event_type("a.b");
  request.set_dry_run(true);
  EXPECT_EQ(Make(request).selection(), v1::RetryJob::ALL);
  EXPECT_EQ(Make(request).event_type(), "a.b");
  EXPECT_TRUE(Make(request).dry_run());
}

TEST(MakeRetryJob, HasARate) {
  v1::CreateRetryJobRequest request;
  EXPECT_EQ(Make(request).max_per_second(), 100);
  request.set_max_per_second(7);
  EXPECT_EQ(Make(request).max_per_second(), 7);
}

// The scheduler knows endpoints by their ids in lower case.
TEST(MakeRetryJob, HasTheIdOfItsWebhookInLowerCase) {
  v1::CreateRetryJobRequest request;
  request.set_id_webhook_endpoint("01A209FB-2E74-7F2A-9A45-2D9ABC3023B7");
  EXPECT_EQ(Make(request).id_webhook_endpoint(),
            "01a209fb-2e74-7f2a-9a45-2d9abc3023b7");
  request.set_id_webhook_endpoint("nonsense");
  EXPECT_EQ(Make(request).id_webhook_endpoint(), "nonsense");
}

}  // namespace
}  // namespace webhooks::server
