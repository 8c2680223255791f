#include "storage/errors.h"

#include "absl/strings/str_cat.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"
#include "storage/uuid.h"

namespace webhooks {

namespace {

absl::Status NotFound(absl::string_view what, absl::string_view id,
                      absl::string_view reason) {
  // Repeats only ids: other text can be of any length and content.
  return WithReason(
      absl::NotFoundError(ParseUuid(id)
                              ? absl::StrCat("no ", what, " ", id)
                              : absl::StrCat("no ", what, " has this id")),
      reason);
}

}  // namespace

absl::Status WebhookNotFound(absl::string_view id) {
  return NotFound("webhook", id, "WEBHOOK_NOT_FOUND");
}

absl::Status EventNotFound(absl::string_view id) {
  return NotFound("event", id, "EVENT_NOT_FOUND");
}

absl::Status DeliveryNotFound(absl::string_view id) {
  return NotFound("delivery", id, "DELIVERY_NOT_FOUND");
}

absl::Status RetryJobNotFound(absl::string_view id) {
  return NotFound("retry job", id, "RETRY_JOB_NOT_FOUND");
}

absl::Status ProjectNotFound(absl::string_view id) {
  return NotFound("project", id, "PROJECT_NOT_FOUND");
}

absl::Status ApiKeyNotFound() {
  return WithReason(absl::NotFoundError("no such API key"),
                    "API_KEY_NOT_FOUND");
}

absl::Status CertificateNotFound() {
  return WithReason(absl::NotFoundError("no certificate of this name is bound"),
                    "CERTIFICATE_NOT_FOUND");
}

absl::Status EtagMismatch() {
  return WithReason(
      absl::AbortedError("the webhook has changed: it has another etag"),
      kEtagMismatch);
}

absl::Status RequestIdReused() {
  return WithReason(
      absl::AlreadyExistsError(
          "the request_id (header Idempotency-Key) was used for another "
          "request"),
      "REQUEST_ID_REUSED");
}

absl::Status FirstProjectExists() {
  return WithReason(
      absl::AlreadyExistsError("the database had a first project already"),
      "FIRST_PROJECT_EXISTS");
}

absl::Status EventIdReused() {
  return WithReason(absl::AlreadyExistsError(
                        "the project has another event with this id_event"),
                    "EVENT_ID_REUSED");
}

absl::Status CertificateBound() {
  return WithReason(absl::AlreadyExistsError(
                        "the certificate's name is bound to another project"),
                    "CERTIFICATE_BOUND");
}

absl::Status LeaseLost() {
  return WithReason(absl::AbortedError("the lease of the delivery has ended"),
                    "LEASE_LOST");
}

absl::Status DeliveryInFlight() {
  return WithReason(
      absl::FailedPreconditionError("an attempt of the delivery is being made"),
      "DELIVERY_IN_FLIGHT");
}

absl::Status FanOutTooLarge() {
  return WithReason(absl::FailedPreconditionError(
                        "the events match too many webhooks for one batch; "
                        "publish them in smaller batches"),
                    "FAN_OUT_TOO_LARGE");
}

absl::Status DeliveryEnded() {
  return WithReason(
      absl::FailedPreconditionError("the delivery has already ended"),
      "DELIVERY_ENDED");
}

absl::Status DeliveryExists(absl::string_view id) {
  return WithReason(absl::AlreadyExistsError(absl::StrCat(
                        "the event has a delivery to the webhook: retry "
                        "delivery ",
                        id)),
                    "DELIVERY_EXISTS");
}

absl::Status WebhookInactive() {
  return WithReason(absl::FailedPreconditionError("the webhook is inactive"),
                    "WEBHOOK_INACTIVE");
}

absl::Status WebhookRemoved() {
  return WithReason(
      absl::FailedPreconditionError("the delivery's webhook was removed"),
      "WEBHOOK_REMOVED");
}

absl::Status RetryJobLimitReached() {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(
                     "the project has reached its limit of running retry "
                     "jobs; wait for one to end, or cancel one"),
                 "RETRY_JOB_LIMIT_REACHED"),
      absl::Seconds(10));
}

absl::Status TooManySecrets() {
  return WithReason(
      absl::FailedPreconditionError(
          "too many secrets are in force; wait for one to end, or end them all "
          "with overlap 0s"),
      "TOO_MANY_SECRETS");
}

absl::Status WebhookLimitReached() {
  return WithReason(absl::ResourceExhaustedError(
                        "the project has reached its limit of webhooks"),
                    "WEBHOOK_LIMIT_REACHED");
}

absl::Status StorageFull() {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(
                     "the storage is full; nothing was changed"),
                 "STORAGE_FULL"),
      absl::Seconds(30));
}

absl::Status StorageBusy() {
  return WithReason(
      absl::ResourceExhaustedError("too many calls are waiting; try again"),
      "STORAGE_BUSY");
}

absl::Status StorageUnavailable() {
  return WithReason(
      absl::UnavailableError("the storage cannot be reached; try again"),
      "STORAGE_UNAVAILABLE");
}

absl::Status OutcomeUnknown() {
  return WithReason(
      absl::UnavailableError("the connection to the storage was lost while it "
                             "committed: the call may have had its effect; "
                             "repeat it with the same request_id"),
      "OUTCOME_UNKNOWN");
}

absl::Status StorageFailure() {
  return WithReason(absl::InternalError("the storage failed"),
                    "STORAGE_FAILURE");
}

absl::Status RecordDamaged() {
  return WithReason(absl::DataLossError("the stored record cannot be read"),
                    "RECORD_DAMAGED");
}

absl::Status DeadlinePassed() {
  return WithReason(
      absl::DeadlineExceededError("the deadline passed before the call began"),
      "DEADLINE_EXCEEDED");
}

absl::Status CallCancelled() {
  return WithReason(absl::CancelledError("the caller cancelled the call"),
                    "CANCELLED");
}

}  // namespace webhooks
