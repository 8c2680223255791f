#include "gateway/errors.h"

#include <set>
#include <utility>

#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

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
    EXPECT_EQ(HttpStatusOfServerError(absl::Status(code, "")), http_status)
        << code;
  }
}

TEST(HttpStatus, OfAStaleEtagIsNotThatOfOtherAbortedCalls) {
  const absl::Status aborted = absl::AbortedError("");
  EXPECT_EQ(HttpStatus(WithReason(aborted, "ETAG_MISMATCH")), 412);
  EXPECT_EQ(HttpStatus(WithReason(aborted, "TRANSACTION_LOST")), 409);
}

TEST(HttpStatus, OfAServersErrorFollowsItsCodeAlone) {
  const absl::Status timeout = RequestTimeout("body");
  EXPECT_EQ(HttpStatus(timeout), 408);
  EXPECT_EQ(HttpStatusOfServerError(timeout), 504);
}

TEST(HttpStatus, OfAReasonWithAnotherCodeFollowsTheCode) {
  EXPECT_EQ(HttpStatus(WithReason(absl::NotFoundError(""), "BODY_TOO_LARGE")),
            404);
}

TEST(GatewayErrors, HaveDifferentReasons) {
  std::set<absl::string_view> reasons;
  for (const GatewayError& error : GatewayErrors()) {
    EXPECT_TRUE(reasons.insert(error.reason).second) << error.reason;
  }
}

// A constructor whose reason is not in the table ends the process.
TEST(GatewayErrors, HoldTheReasonOfEachConstructor) {
  for (const absl::Status& status :
       {MalformedRequest(""),     MalformedPath(),
        MalformedJson("", 0),     InvalidHeader("a", "b"),
        ApiKeyMissing(),          CrossSiteRequest(),
        PathNotFound(),           DocsNotInstalled(),
        ConsoleNotInstalled(),    MethodNotAllowed(),
        RequestTimeout(""),       EtagMismatch(""),
        BodyTooLarge(1),          TargetTooLong(1),
        UnsupportedMediaType(""), UnsupportedExpectation(),
        HeadersTooLarge("", 1),   MessageTooLarge(),
        CallCancelled(),          GatewayFailure(),
        ServerFailure(),          ResponseNotJson(),
        MethodUnknown({"GET"}),   TransferCodingUnknown(),
        CallNotOffered(),         ServerUnreachable(""),
        ServerNotServing(),       CallInterrupted(),
        TooManyConnections(),     TooManyBytesBuffered(""),
        DeadlineExceeded()}) {
    EXPECT_FALSE(Reason(status).empty()) << status;
  }
}

}  // namespace
}  // namespace webhooks::gateway
