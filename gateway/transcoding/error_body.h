#ifndef WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_

#include <string>

#include "absl/status/status.h"

namespace webhooks::gateway {

// {"error":{"code":...,"status":"INVALID_ARGUMENT","message":...,
// "details":[...]}} with `http_status` as code. Details are printed with their
// "@type" and without empty lists and maps; those of types that are not linked
// in are left out. `status` must not be OK.
std::string ErrorBody(const absl::Status& status, int http_status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
