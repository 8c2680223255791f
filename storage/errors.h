#ifndef WEBHOOKS_STORAGE_ERRORS_H_
#define WEBHOOKS_STORAGE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Every error that a store returns, by name. Each has the google.rpc.ErrorInfo
// reason that clients branch on. Messages hold no SQL, no text of a driver, no
// path and nothing of another project. A call that ends with one of them has
// changed nothing.
namespace webhooks {

// NOT_FOUND, WEBHOOK_NOT_FOUND: no such webhook, or another project's.
absl::Status WebhookNotFound(absl::string_view id);
// NOT_FOUND, EVENT_NOT_FOUND: no such event, or another project's.
absl::Status EventNotFound(absl::string_view id);
// NOT_FOUND, DELIVERY_NOT_FOUND: no such delivery, or another project's.
absl::Status DeliveryNotFound(absl::string_view id);
// NOT_FOUND, RETRY_JOB_NOT_FOUND: no such retry job, or another project's.
absl::Status RetryJobNotFound(absl::string_view id);
// NOT_FOUND, PROJECT_NOT_FOUND.
absl::Status ProjectNotFound(absl::string_view id);
// NOT_FOUND, API_KEY_NOT_FOUND: no key with this id or hash.
absl::Status ApiKeyNotFound();
// NOT_FOUND, CERTIFICATE_NOT_FOUND: no certificate with this name is bound.
absl::Status CertificateNotFound();

// ABORTED, ETAG_MISMATCH: the webhook's etag is not one that the caller named.
absl::Status EtagMismatch();
// ALREADY_EXISTS, REQUEST_ID_REUSED: the request_id was used for another
// request.
absl::Status RequestIdReused();
// ALREADY_EXISTS, FIRST_PROJECT_EXISTS: there was a first project already.
absl::Status FirstProjectExists();
// ALREADY_EXISTS, EVENT_ID_REUSED: the project has another event with this id.
absl::Status EventIdReused();
// ALREADY_EXISTS, CERTIFICATE_BOUND: the name is bound to another project.
absl::Status CertificateBound();

// ALREADY_EXISTS, DELIVERY_EXISTS: the event has the delivery `id` to the
// webhook.
absl::Status DeliveryExists(absl::string_view id);

// ABORTED, LEASE_LOST: the caller does not hold the lease of this attempt.
absl::Status LeaseLost();
// FAILED_PRECONDITION, DELIVERY_IN_FLIGHT: an attempt of it is being made.
absl::Status DeliveryInFlight();
// FAILED_PRECONDITION, DELIVERY_ENDED: it was delivered or has failed.
absl::Status DeliveryEnded();
// FAILED_PRECONDITION, WEBHOOK_INACTIVE.
absl::Status WebhookInactive();
// FAILED_PRECONDITION, WEBHOOK_REMOVED: the delivery's webhook was deleted.
absl::Status WebhookRemoved();
// FAILED_PRECONDITION, FAN_OUT_TOO_LARGE: the events of one batch match too
// many webhooks.
absl::Status FanOutTooLarge();
// FAILED_PRECONDITION, TOO_MANY_SECRETS: the webhook would have too many
// secrets in force.
absl::Status TooManySecrets();

// RESOURCE_EXHAUSTED, RETRY_JOB_LIMIT_REACHED: the project has reached its
// limit of running retry jobs. google.rpc.RetryInfo says to retry after ten
// seconds.
absl::Status RetryJobLimitReached();
// RESOURCE_EXHAUSTED, WEBHOOK_LIMIT_REACHED: the project has reached its limit
// of webhooks. No google.rpc.RetryInfo: waiting does not help.
absl::Status WebhookLimitReached();
// RESOURCE_EXHAUSTED, STORAGE_FULL: the disk is full, or the size limit is
// reached. google.rpc.RetryInfo says to retry after half a minute: an operator
// has to make room.
absl::Status StorageFull();
// RESOURCE_EXHAUSTED, STORAGE_BUSY: too many calls wait.
absl::Status StorageBusy();

// UNAVAILABLE, STORAGE_UNAVAILABLE: the database is locked, cannot be read, or
// is closing.
absl::Status StorageUnavailable();
// UNAVAILABLE, OUTCOME_UNKNOWN: the call has changed everything or nothing. The
// one error that a call may end with after a change.
absl::Status OutcomeUnknown();
// INTERNAL, STORAGE_FAILURE: a bug of the service, or a damaged database.
absl::Status StorageFailure();
// DATA_LOSS, RECORD_DAMAGED: this one record cannot be read.
absl::Status RecordDamaged();

// DEADLINE_EXCEEDED, DEADLINE_EXCEEDED: the deadline passed before the call
// began.
absl::Status DeadlinePassed();
// CANCELLED, CANCELLED: the caller cancelled the call before it began.
absl::Status CallCancelled();

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_ERRORS_H_
