#ifndef WEBHOOKS_GATEWAY_HTTP_ERRORS_H_
#define WEBHOOKS_GATEWAY_HTTP_ERRORS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The errors that the listener itself answers with.
namespace webhooks::gateway {

// An error and the HTTP status it is answered with.
struct HttpError {
  absl::Status status;
  int http_status;
};

// 400, MALFORMED_REQUEST: not HTTP, or HTTP that two programs could read in two
// ways. `message` says what is wrong.
absl::Status MalformedRequest(absl::string_view message);

HttpError BadRequest(absl::Status status);         // 400
HttpError RequestTimeout(absl::string_view what);  // 408, REQUEST_TIMEOUT
HttpError BodyTooLarge(std::size_t limit);         // 413, BODY_TOO_LARGE
HttpError TargetTooLong(std::size_t limit);        // 414, TARGET_TOO_LONG
HttpError UnsupportedExpectation();            // 417, UNSUPPORTED_EXPECTATION
HttpError HeadersTooLarge(std::size_t limit);  // 431, HEADERS_TOO_LARGE
HttpError GatewayFailure();                    // 500, GATEWAY_FAILURE
HttpError UnknownMethod();                     // 501, METHOD_UNKNOWN
HttpError UnknownCoding();                     // 501, TRANSFER_CODING_UNKNOWN
HttpError TooManyBytesBuffered();              // 503, TOO_MANY_BYTES_BUFFERED
HttpError TooManyConnections();                // 503, TOO_MANY_CONNECTIONS

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_ERRORS_H_
