#include "server/call/foreign_violations.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;

google::rpc::BadRequest List(const std::vector<std::string>& fields) {
  google::rpc::BadRequest list;
  for (const std::string& field : fields) AddViolation(list, field, "is bad");
  return list;
}

TEST(ForeignViolations, RefuseARequestThatHasNoOthers) {
  const absl::Status status = AddForeignViolations(
      List({"scope"}).SerializeAsString(), absl::OkStatus());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "INVALID_REQUEST");
  EXPECT_THAT(testing::ViolatedFields(status), ElementsAre("scope"));
}

TEST(ForeignViolations, StandBeforeThoseOfOtherFields) {
  const absl::Status status =
      AddForeignViolations(List({"scope", "color"}).SerializeAsString(),
                           InvalidFields(List({"url", "scope"}), "MIXED"));
  EXPECT_THAT(testing::ViolatedFields(status),
              ElementsAre("scope", "color", "url"));
  EXPECT_EQ(Reason(status), "INVALID_REQUEST");
}

TEST(ForeignViolations, StandAloneWhereNothingCouldBeRead) {
  const absl::Status status =
      AddForeignViolations(List({""}).SerializeAsString(),
                           InvalidFields(List({"type"}), "INVALID_EVENT_TYPE"));
  EXPECT_THAT(testing::ViolatedFields(status), ElementsAre(""));
}

TEST(ForeignViolations, NeverLetARequestThrough) {
  for (const char* entry : {"", "\xff\xff", "\n"}) {
    const absl::Status status = AddForeignViolations(entry, absl::OkStatus());
    EXPECT_EQ(Reason(status), "MALFORMED_METADATA");
  }
}

}  // namespace
}  // namespace webhooks::server
