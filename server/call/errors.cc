#include "server/call/errors.h"

#include "proto/rpc/status.h"

namespace webhooks::server {

absl::Status ApiKeyMissing() {
  return WithReason(
      absl::UnauthenticatedError("exactly one x-api-key is required"),
      "API_KEY_MISSING");
}

absl::Status ApiKeyInvalid() {
  return WithReason(absl::UnauthenticatedError("the x-api-key is not valid"),
                    "API_KEY_INVALID");
}

absl::Status AdminKeyInvalid() {
  return WithReason(
      absl::UnauthenticatedError("the x-api-key is not the admin key"),
      "ADMIN_KEY_INVALID");
}

absl::Status ProjectMissing() {
  return WithReason(
      absl::UnauthenticatedError(
          "the x-api-key is the admin key, which needs x-project here"),
      "API_KEY_INVALID");
}

absl::Status InvalidProject() {
  return WithReason(
      absl::InvalidArgumentError("x-project must be one id of a project"),
      "INVALID_PROJECT");
}

absl::Status ProjectNotAllowed() {
  return WithReason(
      absl::InvalidArgumentError(
          "x-project is for calls on the resources of a project; a call of "
          "AdminService names the project in its request"),
      "INVALID_PROJECT");
}

absl::Status ProjectMismatch() {
  return WithReason(
      absl::InvalidArgumentError(
          "x-project is another project than that of the caller; only the "
          "admin key opens every project"),
      "PROJECT_MISMATCH");
}

absl::Status CertificateNotBound() {
  return WithReason(
      absl::UnauthenticatedError(
          "exactly one x-api-key is required, as the client's certificate is "
          "bound to no project"),
      "CERTIFICATE_NOT_BOUND");
}

absl::Status ProjectChanged() {
  return WithReason(
      absl::UnauthenticatedError(
          "the client's certificate was bound to another project during the "
          "stream"),
      "PROJECT_CHANGED");
}

absl::Status RequestRateExceeded(absl::Duration retry_after) {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(
                     "the project makes more requests per second than allowed"),
                 "REQUEST_RATE_EXCEEDED"),
      retry_after);
}

absl::Status TooManyCalls() {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(
                     "the key has reached its limit of calls in flight"),
                 "TOO_MANY_CALLS"),
      absl::Seconds(1));
}

absl::Status TooManyStreams() {
  return WithReason(absl::ResourceExhaustedError(
                        "the address has reached its limit of these streams"),
                    "TOO_MANY_STREAMS");
}

absl::Status TooManyFailedKeys(absl::Duration retry_after) {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(
                     "the address has sent too many invalid keys"),
                 "TOO_MANY_FAILED_KEYS"),
      retry_after);
}

absl::Status MalformedMessage() {
  return WithReason(
      absl::InvalidArgumentError(
          "the request cannot be parsed: it must be a protobuf message of the "
          "type that the method takes, with strings in UTF-8"),
      "MALFORMED_MESSAGE");
}

absl::Status RequestTimeout() {
  return WithReason(
      absl::DeadlineExceededError("the request did not arrive in time"),
      "REQUEST_TIMEOUT");
}

absl::Status ServerStopping() {
  return WithReason(absl::UnavailableError("the server is stopping"),
                    "SERVER_STOPPING");
}

}  // namespace webhooks::server
