#ifndef WEBHOOKS_GATEWAY_RESPONSES_H_
#define WEBHOOKS_GATEWAY_RESPONSES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"

// Responses that do not come from the result of an RPC.
namespace webhooks::gateway {

// Return the response to an error of the gateway and of the server; `status`
// must not be OK. 429 and 503 get Retry-After (from google.rpc.RetryInfo, or
// one second), 401 WWW-Authenticate.
HttpResponse ErrorResponse(const absl::Status& status);
HttpResponse ServerErrorResponse(const absl::Status& status);

// Returns the response for a path that has no binding for `method`: 501 if no
// path has this method, 404 if the path is unknown (`allowed` is empty), 204
// for OPTIONS, else 405. The header Allow lists `allowed`, and Accept-Patch the
// media types of a PATCH.
HttpResponse UnboundResponse(absl::string_view method,
                             const std::vector<std::string>& allowed);

// Adds Accept-Patch with the media types of a PATCH (RFC 5789, 3.1).
void AddAcceptPatch(HttpResponse& response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_RESPONSES_H_
