#include "proto/rpc/status.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

google::rpc::BadRequest TwoViolations() {
  google::rpc::BadRequest violations;
  AddViolation(violations, "url", "must be an absolute https URL");
  AddViolation(violations, "scope[1]", "must not repeat another event type");
  return violations;
}

TEST(RpcStatus, CarriesItsReason) {
  const absl::Status status =
      WithReason(absl::NotFoundError("no webhook"), "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(Reason(status), "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
}

TEST(RpcStatus, HasNoReasonUnlessGivenOne) {
  EXPECT_EQ(Reason(absl::NotFoundError("x")), "");
  EXPECT_EQ(Reason(absl::OkStatus()), "");
}

TEST(RpcStatus, ListsEveryViolation) {
  const google::rpc::Status rpc =
      ToRpcStatus(InvalidFields(TwoViolations(), "INVALID_REQUEST"));
  ASSERT_EQ(rpc.details_size(), 2);
  google::rpc::BadRequest violations;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&violations));
  ASSERT_EQ(violations.field_violations_size(), 2);
  EXPECT_EQ(violations.field_violations(1).field(), "scope[1]");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(rpc.details(1).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "INVALID_REQUEST");
  EXPECT_EQ(info.domain(), "webhooks");
}

TEST(RpcStatus, ListsNoMoreViolationsThanAreOfUse) {
  google::rpc::BadRequest violations;
  for (int i = 0; i < 10 * kMaxViolations; ++i) {
    AddViolation(violations, "scope", "must be an event type");
  }
  EXPECT_EQ(violations.field_violations_size(), kMaxViolations);
}

TEST(RpcStatus, KeepsTheMetadataOfItsReason) {
  const google::rpc::Status rpc = ToRpcStatus(WithReason(
      absl::ResourceExhaustedError("x"), "LIMIT", {{"limit", "100"}}));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&info));
  EXPECT_EQ(info.metadata().at("limit"), "100");
}

TEST(RpcStatus, SurvivesTheWayToTheWireAndBack) {
  const absl::Status status = InvalidFields(TwoViolations(), "INVALID_REQUEST");
  EXPECT_EQ(FromRpcStatus(ToRpcStatus(status)), status);
}

TEST(Violations, OfAStatusWithoutAListAreNone) {
  EXPECT_TRUE(ViolationsOf(absl::OkStatus()).field_violations().empty());
  EXPECT_TRUE(
      ViolationsOf(absl::NotFoundError("x")).field_violations().empty());
}

}  // namespace
}  // namespace webhooks
