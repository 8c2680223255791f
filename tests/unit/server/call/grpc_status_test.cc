#include "server/call/grpc_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::server {
namespace {

using ::testing::Gt;
using ::testing::Lt;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status rpc;
  EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
  return rpc;
}

TEST(GrpcStatus, IsOkForOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(GrpcStatus, KeepsCodeMessageAndDetails) {
  const absl::Status status =
      WithReason(absl::NotFoundError("no webhook 7"), "WEBHOOK_NOT_FOUND");
  const grpc::Status grpc = ToGrpcStatus(status);
  EXPECT_EQ(grpc.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(grpc.error_message(), "no webhook 7");
  EXPECT_EQ(FromRpcStatus(Details(grpc)), status);
}

TEST(GrpcStatus, KeepsTheFirstOfTooManyViolationsAndTheReason) {
  google::rpc::BadRequest violations;
  for (int i = 0; i < 1000; ++i) {
    AddViolation(violations, absl::StrCat("scope[", i, "]"),
                 std::string(80, 'x'));
  }
  const grpc::Status grpc =
      ToGrpcStatus(InvalidFields(violations, "INVALID_SCOPE"));
  EXPECT_THAT(grpc.error_details().size(), Lt(4097u));
  const google::rpc::Status rpc = Details(grpc);
  google::rpc::BadRequest kept;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&kept));
  EXPECT_THAT(kept.field_violations_size(), Gt(10));
  EXPECT_EQ(kept.field_violations(0).field(), "scope[0]");
  EXPECT_EQ(Reason(FromRpcStatus(rpc)), "INVALID_SCOPE");
}

TEST(GrpcStatus, CutsALongMessageBetweenCharacters) {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += "\xE2\x82\xAC";
  const std::string cut =
      ToGrpcStatus(absl::InternalError(message)).error_message();
  EXPECT_EQ(cut.size(), 1023u);
}

}  // namespace
}  // namespace webhooks::server
