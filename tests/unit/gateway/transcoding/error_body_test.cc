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

TEST(ErrorBody, IsWellFormedForAnyMessage) {
  EXPECT_EQ(ErrorBody(absl::UnknownError("\"\n\xFF"), 500),
            R"({"error":{"code":500,"status":"UNKNOWN","message":"\"\n�",)"
            R"("details":[]}})");
}

}  // namespace
}  // namespace webhooks::gateway
