#ifndef WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
#define WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_

#include <string>

#include "absl/strings/string_view.h"

// The id that follows one request through both processes and their logs, and
// the W3C trace context that it may belong to.
namespace webhooks {

// The header and metadata key of the request id.
inline constexpr absl::string_view kRequestIdKey = "x-request-id";

// `given` where it is fit to be one (1 to 128 visible ASCII characters), or a
// new random id of 32 hex digits.
std::string RequestIdOr(absl::string_view given);

// The trace id of a W3C `traceparent` ("00-<32 hex>-<16 hex>-<2 hex>", not all
// zeros), or "" where it is malformed. A view into `traceparent`.
absl::string_view TraceId(absl::string_view traceparent);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
