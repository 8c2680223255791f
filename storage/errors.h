#ifndef WEBHOOKS_STORAGE_ERRORS_H_
#define WEBHOOKS_STORAGE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Every error that a call can end with, by name: code, message and the
// google.rpc.ErrorInfo reason that clients branch on. Messages hold no SQL, no
// driver's text, no path and nothing of another project.
namespace webhooks {

// NOT_FOUND, WEBHOOK_NOT_FOUND: also where another project has that webhook.
absl::Status WebhookNotFound(absl::string_view id);
// NOT_FOUND, EVENT_NOT_FOUND, as WebhookNotFound.
absl::Status EventNotFound(absl::string_view id);
// NOT_FOUND, DELIVERY_NOT_FOUND, as WebhookNotFound.
absl::Status DeliveryNotFound(absl::string_view id);
// NOT_FOUND, RETRY_JOB_NOT_FOUND, as WebhookNotFound.
absl::Status RetryJobNotFound(absl::string_view id);
// NOT_FOUND, PROJECT_NOT_FOUND.
absl::Status ProjectNotFound(absl::string_view id);
// NOT_FOUND, API_KEY_NOT_FOUND: no key with this id, or of an unknown hash.
absl::Status ApiKeyNotFound();
// NOT_FOUND, CERTIFICATE_NOT_FOUND: no certificate of this name is bound.
absl::Status CertificateNotFound();

// ABORTED, ETAG_MISMATCH: the webhook is not in the state that the caller
// named.
absl::Status EtagMismatch();
// ALREADY_EXISTS, REQUEST_ID_REUSED: the request_id came with another request.
absl::Status RequestIdReused();
// ALREADY_EXISTS, EVENT_ID_REUSED: the project has another event with this id.
absl::Status EventIdReused();
// ALREADY_EXISTS, CERTIFICATE_BOUND: the name is bound to another project.
absl::Status CertificateBound();
// ABORTED, LEASE_LOST: the caller holds no lease for this attempt.
absl::Status LeaseLost();
// FAILED_PRECONDITION, DELIVERY_IN_FLIGHT: an attempt of it is being made.
absl::Status DeliveryInFlight();
// FAILED_PRECONDITION, DELIVERY_ENDED: it was delivered or has failed.
absl::Status DeliveryEnded();
// FAILED_PRECONDITION, FAN_OUT_TOO_LARGE: the events of a batch make too many
// deliveries.
absl::Status FanOutTooLarge();
// RESOURCE_EXHAUSTED, RETRY_JOB_LIMIT_REACHED: as many jobs of the project run
// as may. google.rpc.RetryInfo says to try again in ten seconds.
absl::Status RetryJobLimitReached();
// FAILED_PRECONDITION, WEBHOOK_REMOVED: there is nowhere to deliver to.
absl::Status WebhookRemoved();
// FAILED_PRECONDITION, TOO_MANY_SECRETS: one more would be in force than may
// be.
absl::Status TooManySecrets();
// RESOURCE_EXHAUSTED, WEBHOOK_LIMIT_REACHED: the project has as many webhooks
// as it may. No google.rpc.RetryInfo: it does not pass by itself.
absl::Status WebhookLimitReached();
// RESOURCE_EXHAUSTED, REQUEST_RATE_EXCEEDED: the project calls more often than
// it may; google.rpc.RetryInfo says when to try again.
absl::Status RequestRateExceeded(absl::Duration retry_after);
// RESOURCE_EXHAUSTED, TOO_MANY_CALLS: the key has as many calls in flight as it
// may; google.rpc.RetryInfo says when to try again.
absl::Status TooManyCalls();
// RESOURCE_EXHAUSTED, TOO_MANY_STREAMS: the address has as many streams of
// this kind as it may.
absl::Status TooManyStreams();
// RESOURCE_EXHAUSTED, TOO_MANY_FAILED_KEYS: keys that open nothing came from
// the caller's address; google.rpc.RetryInfo says when to try again.
absl::Status TooManyFailedKeys(absl::Duration retry_after);

// UNAUTHENTICATED, API_KEY_MISSING: the call carries no key, or several.
absl::Status ApiKeyMissing();
// UNAUTHENTICATED, API_KEY_INVALID: no such key, or it is revoked or has ended.
absl::Status ApiKeyInvalid();
// UNAUTHENTICATED, CERTIFICATE_NOT_BOUND: the call carries no key, and the
// certificate that it comes with opens no project.
absl::Status CertificateNotBound();
// UNAUTHENTICATED, PROJECT_CHANGED: the certificate that a stream came with has
// been bound to another project since.
absl::Status ProjectChanged();
// UNAUTHENTICATED, ADMIN_KEY_INVALID: not the admin key.
absl::Status AdminKeyInvalid();

// RESOURCE_EXHAUSTED, STORAGE_FULL: the disk or the size limit; nothing of the
// call was stored. google.rpc.RetryInfo says to try again in half a minute:
// somebody has to make room.
absl::Status StorageFull();
// RESOURCE_EXHAUSTED, STORAGE_BUSY: too many calls wait; this one did nothing.
absl::Status StorageBusy();
// UNAVAILABLE, STORAGE_UNAVAILABLE: locked, unreadable or stopping; the call
// did nothing.
absl::Status StorageUnavailable();
// INTERNAL, STORAGE_FAILURE: a fault of the service or a damaged database; the
// call did nothing.
absl::Status StorageFailure();
// DATA_LOSS, RECORD_DAMAGED: what is stored of this one record cannot be read;
// the call did nothing.
absl::Status RecordDamaged();

// DEADLINE_EXCEEDED, DEADLINE_EXCEEDED: the deadline passed before the call
// began; it did nothing.
absl::Status DeadlinePassed();
// INVALID_ARGUMENT, MALFORMED_MESSAGE: the request is missing, or no message of
// its type in UTF-8.
absl::Status MalformedMessage();
// DEADLINE_EXCEEDED, REQUEST_TIMEOUT: the request did not arrive in time; the
// call did nothing.
absl::Status RequestTimeout();
// CANCELLED, CANCELLED: the caller went before the call began; it did nothing.
absl::Status CallCancelled();
// UNAVAILABLE, SERVER_STOPPING: the server ends the call because it stops.
absl::Status ServerStopping();

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_ERRORS_H_
