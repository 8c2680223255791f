#include "gateway/backend/call_status.h"

#include <string>

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CallStatus, IsOkForOk) { EXPECT_TRUE(CallStatus(grpc::Status::OK).ok()); }

TEST(CallStatus, KeepsTheServersDetails) {
  const absl::Status sent =
      WithReason(absl::NotFoundError("no webhook"), "WEBHOOK_NOT_FOUND");
  const absl::Status got =
      CallStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "no webhook",
                              ToRpcStatus(sent).SerializeAsString()));
  EXPECT_EQ(got, sent);
}

TEST(CallStatus, KeepsDetailsOfAnUnavailableServer) {
  const absl::Status sent =
      WithReason(absl::UnavailableError("stopping"), "STOPPING");
  const absl::Status got =
      CallStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping",
                              ToRpcStatus(sent).SerializeAsString()));
  EXPECT_EQ(Reason(got), "STOPPING");
}

TEST(CallStatus, OfACallThatTheServerCancelledIsUnavailable) {
  const absl::Status sent =
      WithReason(absl::CancelledError("cancelled"), "CALL_CANCELLED");
  const absl::Status got =
      CallStatus(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled",
                              ToRpcStatus(sent).SerializeAsString()));
  EXPECT_EQ(got.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(got), "CALL_INTERRUPTED");
}

TEST(CallStatus, NeverBecomesOkByItsDetails) {
  google::rpc::Status details;
  details.set_message("fine");
  const absl::Status got = CallStatus(grpc::Status(
      grpc::StatusCode::INTERNAL, "broken", details.SerializeAsString()));
  EXPECT_EQ(got, absl::InternalError("fine"));
}

TEST(CallStatus, OfTheTransportHasAReasonAndAMessageOfTheGateway) {
  const struct {
    grpc::StatusCode sent;
    absl::StatusCode code;
    const char* reason;
  } kCases[] = {
      {grpc::StatusCode::RESOURCE_EXHAUSTED,
       absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE"},
      {grpc::StatusCode::CANCELLED, absl::StatusCode::kUnavailable,
       "CALL_INTERRUPTED"},
      {grpc::StatusCode::UNIMPLEMENTED, absl::StatusCode::kUnimplemented,
       "CALL_NOT_OFFERED"},
      {grpc::StatusCode::INTERNAL, absl::StatusCode::kInternal,
       "SERVER_FAILURE"},
      {grpc::StatusCode::UNKNOWN, absl::StatusCode::kInternal,
       "SERVER_FAILURE"},
      {grpc::StatusCode::DATA_LOSS, absl::StatusCode::kInternal,
       "SERVER_FAILURE"},
  };
  for (const auto& [sent, code, reason] : kCases) {
    const absl::Status got = CallStatus(grpc::Status(sent, "gRPC's own text"));
    EXPECT_EQ(got.code(), code) << reason;
    EXPECT_EQ(Reason(got), reason);
    EXPECT_THAT(std::string(got.message()), Not(HasSubstr("gRPC")));
  }
}

TEST(CallStatus, HidesTheAddressOfAServerThatCannotBeReached) {
  const absl::Status got = CallStatus(
      grpc::Status(grpc::StatusCode::UNAVAILABLE,
                   "failed to connect to all addresses; ipv4:10.1.2.3:50051"));
  EXPECT_EQ(got.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(got), "SERVER_UNREACHABLE");
  EXPECT_THAT(std::string(got.message()), Not(HasSubstr("10.1.2.3")));
}

TEST(CallStatus, GivesADeadlineAReason) {
  const absl::Status got = CallStatus(
      grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"));
  EXPECT_EQ(got.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Reason(got), "DEADLINE_EXCEEDED");
}

}  // namespace
}  // namespace webhooks::gateway
