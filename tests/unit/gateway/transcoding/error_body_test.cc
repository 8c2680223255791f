#include "gateway/transcoding/error_body.h"

#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

TEST(ErrorBody, IsAsTheContractShowsIt) {
  google::rpc::BadRequest violations;
  AddViolation(violations, "url", "must be an absolute https URL");
  EXPECT_EQ(
      ErrorBody(InvalidFields(violations, "INVALID_URL"), 400),
      R"({"error":{"code":400,"status":"INVALID_ARGUMENT",)"
      R"("message":"url must be an absolute https URL",)"
      R"("details":[{"@type":"type.googleapis.com/google.rpc.BadRequest",)"
      R"("field_violations":[{"field":"url",)"
      R"("description":"must be an absolute https URL"}]},)"
      R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
      R"("reason":"INVALID_URL","domain":"webhooks"}]}})");
}

TEST(ErrorBody, HasTheMetadataOfAReason) {
  const absl::Status status =
      WithReason(absl::NotFoundError("gone"), "GONE", {{"id", "7"}});
  EXPECT_EQ(ErrorBody(status, 404),
            R"({"error":{"code":404,"status":"NOT_FOUND","message":"gone",)"
            R"("details":[)"
            R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"GONE","domain":"webhooks","metadata":{"id":"7"}}]}})");
}

TEST(ErrorBody, LeavesOutDetailsThatItCannotPrint) {
  absl::Status status = WithReason(absl::InternalError("a"), "BROKEN");
  status.SetPayload("type.googleapis.com/a.Unknown", absl::Cord("b"));
  status.SetPayload("type.googleapis.com/google.rpc.Help", absl::Cord("\xFF"));
  EXPECT_EQ(ErrorBody(status, 500),
            R"({"error":{"code":500,"status":"INTERNAL","message":"a",)"
            R"("details":[)"
            R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"BROKEN","domain":"webhooks"}]}})");
}

TEST(ErrorBody, IsWellFormedWhateverTheMessageIs) {
  EXPECT_EQ(ErrorBody(absl::UnknownError("\"\n\xFF"), 500),
            R"({"error":{"code":500,"status":"UNKNOWN","message":"\"\n�",)"
            R"("details":[]}})");
}

TEST(HttpStatus, IsAsTheContractListsIt) {
  using Code = absl::StatusCode;
  const std::pair<Code, int> kCodes[] = {
      {Code::kOk, 200},
      {Code::kInvalidArgument, 400},
      {Code::kFailedPrecondition, 400},
      {Code::kOutOfRange, 400},
      {Code::kUnauthenticated, 401},
      {Code::kPermissionDenied, 403},
      {Code::kNotFound, 404},
      {Code::kAlreadyExists, 409},
      {Code::kAborted, 409},
      {Code::kResourceExhausted, 429},
      {Code::kCancelled, 499},
      {Code::kUnknown, 500},
      {Code::kInternal, 500},
      {Code::kDataLoss, 500},
      {Code::kUnimplemented, 501},
      {Code::kUnavailable, 503},
      {Code::kDeadlineExceeded, 504},
  };
  for (const auto& [code, http_status] : kCodes) {
    EXPECT_EQ(HttpStatus(absl::Status(code, "")), http_status) << code;
  }
}

TEST(HttpStatus, IsAnotherForAStaleEtagThanForOtherAbortedCalls) {
  const absl::Status aborted = absl::AbortedError("");
  EXPECT_EQ(HttpStatus(WithReason(aborted, "ETAG_MISMATCH")), 412);
  EXPECT_EQ(HttpStatus(WithReason(aborted, "TRANSACTION_LOST")), 409);
}

}  // namespace
}  // namespace webhooks::gateway
