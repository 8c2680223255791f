#ifndef WEBHOOKS_SERVER_CALL_ERRORS_H_
#define WEBHOOKS_SERVER_CALL_ERRORS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"

// The errors of calls that end before they reach the store. The store's own are
// in storage/errors.h. Each has the google.rpc.ErrorInfo reason that clients
// branch on. No message repeats a key.
namespace webhooks::server {

// UNAUTHENTICATED, API_KEY_MISSING: the call has no key, or several.
absl::Status ApiKeyMissing();
// UNAUTHENTICATED, API_KEY_INVALID: the key is unknown, revoked or expired.
absl::Status ApiKeyInvalid();
// UNAUTHENTICATED, ADMIN_KEY_INVALID: the key is not the admin key.
absl::Status AdminKeyInvalid();
// UNAUTHENTICATED, API_KEY_INVALID: the key is the admin key, and the call
// names no project.
absl::Status ProjectMissing();
// INVALID_ARGUMENT, INVALID_PROJECT: x-project is not one id of a project.
absl::Status InvalidProject();
// INVALID_ARGUMENT, INVALID_PROJECT: a call of AdminService has an x-project.
absl::Status ProjectNotAllowed();
// INVALID_ARGUMENT, PROJECT_MISMATCH: x-project is not the project of the key
// or certificate.
absl::Status ProjectMismatch();
// UNAUTHENTICATED, CERTIFICATE_NOT_BOUND: the call has no key, and its client
// certificate is bound to no project.
absl::Status CertificateNotBound();
// UNAUTHENTICATED, PROJECT_CHANGED: during a stream, its client certificate was
// bound to another project.
absl::Status ProjectChanged();

// RESOURCE_EXHAUSTED, REQUEST_RATE_EXCEEDED: the project makes more requests
// per second than allowed. google.rpc.RetryInfo holds `retry_after`.
absl::Status RequestRateExceeded(absl::Duration retry_after);
// RESOURCE_EXHAUSTED, TOO_MANY_CALLS: the key has reached its limit of calls in
// flight. google.rpc.RetryInfo says to retry after one second.
absl::Status TooManyCalls();
// RESOURCE_EXHAUSTED, TOO_MANY_STREAMS: the client's address has reached its
// limit of streams of this kind.
absl::Status TooManyStreams();
// RESOURCE_EXHAUSTED, TOO_MANY_FAILED_KEYS: the client's address has sent too
// many invalid keys. google.rpc.RetryInfo holds `retry_after`.
absl::Status TooManyFailedKeys(absl::Duration retry_after);

// INVALID_ARGUMENT, MALFORMED_MESSAGE: the request is missing, or is not a
// message of the method's type with strings in UTF-8.
absl::Status MalformedMessage();
// DEADLINE_EXCEEDED, REQUEST_TIMEOUT: the request did not arrive in time. The
// call had no effect.
absl::Status RequestTimeout();
// UNAVAILABLE, SERVER_STOPPING: the server ends the call because it stops.
absl::Status ServerStopping();

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ERRORS_H_
