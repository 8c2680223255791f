#ifndef WEBHOOKS_GATEWAY_CONDITIONS_H_
#define WEBHOOKS_GATEWAY_CONDITIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"
#include "gateway/transcoding/binding.h"

// Conditional requests (RFC 9110, 13). What changes something is conditional by
// its RPC, whose request has If-Match as a field; what only reads is judged
// here by the ETag of its answer.
namespace webhooks::gateway {

// The conditions on the answer of a request that only reads; "": there is none.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
};

// Returns true if the method of `head` only reads: GET and HEAD.
bool OnlyReads(const RequestHead& head);

// Returns the conditions of `head`, for a binding that does not take If-Match
// itself.
Conditions ReadConditions(const RequestHead& head, const Binding& binding);

// Refuses at once a condition that is malformed, and what would change
// something under one that nothing judges: If-None-Match, and If-Match where
// the RPC takes none. INVALID_ARGUMENT (INVALID_HEADER). ABORTED
// (ETAG_MISMATCH): If-Match holds weak tags alone, which match nothing.
absl::Status CheckConditions(const RequestHead& head, const Binding& binding);

// The answer to a request under `conditions` that is `response` without them:
// itself, a 304 with its ETag, or a 412.
HttpResponse Under(const Conditions& conditions, HttpResponse response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONDITIONS_H_
