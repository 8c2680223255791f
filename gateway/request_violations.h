#ifndef WEBHOOKS_GATEWAY_REQUEST_VIOLATIONS_H_
#define WEBHOOKS_GATEWAY_REQUEST_VIOLATIONS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/call_headers.h"

// How one answer tells of every violation of a request, though the gateway
// finds those of its shape and the server those of its meaning.
namespace webhooks::gateway {

// A call whose request has violations already has the entry kViolationsKey, and
// the request holds what could be read of it. The server never performs such a
// call: it authenticates it, checks the request, and answers INVALID_ARGUMENT
// with these violations first and then those of its own for other fields. No
// header of a client becomes this entry.

// The longest value of that entry. The server's answer has little room and
// holds these first; WithReply adds what did not fit.
inline constexpr std::size_t kMaxViolationBytes = 512;

// Adds the entry for the violations of `status`, as many of the first ones as
// fit into kMaxViolationBytes and the call's metadata into kMaxCallMetadata.
// False: not even one does, and nothing was added.
bool AddViolations(const absl::Status& status, CallHeaders& headers);

// What to answer a request with `violations` by, now that the server said
// `reply`: that, with those of `violations` that did not fit into the call or
// its answer; or `violations` alone where the server could not check the call,
// as it would have been refused all the same (UNAVAILABLE, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, and OK, which no server that
// knows the entry answers).
absl::Status WithReply(const absl::Status& violations,
                       const absl::Status& reply);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_REQUEST_VIOLATIONS_H_
