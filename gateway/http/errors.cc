#include "gateway/http/errors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/http/grammar.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {

absl::Status MalformedRequest(absl::string_view message) {
  return WithReason(absl::InvalidArgumentError(message), "MALFORMED_REQUEST");
}

HttpError BadRequest(absl::Status status) { return {std::move(status), 400}; }

HttpError RequestTimeout(absl::string_view what) {
  return {WithReason(absl::DeadlineExceededError(absl::StrCat(
                         "the request's ", what, " did not arrive in time")),
                     "REQUEST_TIMEOUT"),
          408};
}

HttpError BodyTooLarge(std::size_t limit) {
  return {WithReason(absl::InvalidArgumentError(absl::StrCat(
                         "the body must not exceed ", limit, " bytes")),
                     "BODY_TOO_LARGE"),
          413};
}

HttpError TargetTooLong(std::size_t limit) {
  return {WithReason(absl::InvalidArgumentError(absl::StrCat(
                         "the request line must not exceed ", limit, " bytes")),
                     "TARGET_TOO_LONG"),
          414};
}

HttpError UnsupportedExpectation() {
  return {WithReason(absl::InvalidArgumentError(
                         "the only expectation supported is 100-continue"),
                     "UNSUPPORTED_EXPECTATION"),
          417};
}

HttpError HeadersTooLarge(std::size_t limit) {
  return {WithReason(absl::InvalidArgumentError(absl::StrCat(
                         "request line and header fields must not exceed ",
                         limit, " bytes")),
                     "HEADERS_TOO_LARGE"),
          431};
}

HttpError UnknownMethod() {
  return {WithReason(
              absl::UnimplementedError(absl::StrCat(
                  "the method must be one of ", absl::StrJoin(kMethods, ", "))),
              "METHOD_UNKNOWN"),
          501};
}

HttpError UnknownCoding() {
  return {WithReason(absl::UnimplementedError(
                         "the only transfer coding supported is chunked"),
                     "TRANSFER_CODING_UNKNOWN"),
          501};
}

HttpError TooManyBytesBuffered() {
  return {WithReason(absl::UnavailableError("too many requests are arriving"),
                     "TOO_MANY_BYTES_BUFFERED"),
          503};
}

HttpError GatewayFailure() {
  return {
      WithReason(absl::InternalError("the gateway failed"), "GATEWAY_FAILURE"),
      500};
}

HttpError TooManyConnections() {
  return {WithReason(absl::UnavailableError("too many connections are open"),
                     "TOO_MANY_CONNECTIONS"),
          503};
}

}  // namespace webhooks::gateway
