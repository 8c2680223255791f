#ifndef WEBHOOKS_GATEWAY_ANSWERS_H_
#define WEBHOOKS_GATEWAY_ANSWERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"

// The answers that do not come from an RPC's result.
namespace webhooks::gateway {

// `status`, which must not be OK, in the one shape of errors. 429 and 503 get
// Retry-After: from google.rpc.RetryInfo, or one second.
HttpResponse ErrorAnswer(const absl::Status& status);
HttpResponse ErrorAnswer(const absl::Status& status, int http_status);

// The answer to a path that has no binding for `method`: 404 where it is
// unknown (`allowed` is empty), 204 to OPTIONS, else 405; Allow lists
// `allowed`.
HttpResponse UnboundAnswer(absl::string_view method,
                           const std::vector<std::string>& allowed);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_ANSWERS_H_
