#ifndef WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_

#include <string>

#include "absl/status/status.h"

namespace webhooks::gateway {

// Returns {"error":{"code":...,"status":"INVALID_ARGUMENT","message":...,
// "details":[...]}} with `http_status` as code. Details have their "@type" and
// no empty lists and maps; details of types that are not linked in are left
// out. `status` must not be OK.
std::string ErrorBody(const absl::Status& status, int http_status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ERROR_BODY_H_
