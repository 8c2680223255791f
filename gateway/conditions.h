#ifndef WEBHOOKS_GATEWAY_CONDITIONS_H_
#define WEBHOOKS_GATEWAY_CONDITIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"
#include "gateway/transcoding/binding.h"

// Conditional requests (RFC 9110, 13). For a request that changes something,
// the RPC evaluates If-Match, a field of its request. For a request that only
// reads, the gateway evaluates the conditions against the ETag of the answer.
namespace webhooks::gateway {

// The conditions of a request that only reads; "" if there is none.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
};

// Returns true if the method of `head` only reads: GET and HEAD.
bool OnlyReads(const RequestHead& head);

// Returns the conditions of `head`; none if it does not only read.
Conditions ReadConditions(const RequestHead& head);

// Returns the same, without If-Match if the RPC of `binding` evaluates it.
Conditions ReadConditions(const RequestHead& head, const Binding& binding);

// Checks the conditions of `head`. INVALID_ARGUMENT (INVALID_HEADER): a
// condition is malformed, or the request changes something and nothing
// evaluates the condition: If-None-Match, or If-Match for an RPC without it.
// ABORTED (ETAG_MISMATCH): If-Match holds only weak tags, which match nothing.
absl::Status CheckConditions(const RequestHead& head, const Binding& binding);

// Applies `conditions` to `response`, the answer to a request without them.
// Returns `response` itself, a 304 with its ETag, or a 412.
HttpResponse ApplyConditions(const Conditions& conditions,
                             HttpResponse response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONDITIONS_H_
