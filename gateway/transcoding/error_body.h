#ifndef WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_

#include <string>

#include "absl/status/status.h"

// The one place where an absl::Status becomes HTTP.
namespace webhooks::gateway {

// The HTTP status of an error: INVALID_ARGUMENT 400, UNAUTHENTICATED 401, ...
// as the REST contract lists them, and 412 for an ABORTED with the reason
// kEtagMismatch; OK 200.
int HttpStatus(const absl::Status& status);

// {"error":{"code":...,"status":"INVALID_ARGUMENT","message":...,
// "details":[...]}} with `http_status` as code. Details are printed with their
// "@type" and without empty lists and maps; those of types that are not linked
// in are left out. `status` must not be OK.
std::string ErrorBody(const absl::Status& status, int http_status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
