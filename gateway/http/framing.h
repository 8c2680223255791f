#ifndef WEBHOOKS_GATEWAY_HTTP_FRAMING_H_
#define WEBHOOKS_GATEWAY_HTTP_FRAMING_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// Checks a request's raw header block (request line, fields and the empty line
// at the end) for anything that a proxy could interpret differently, which
// permits request smuggling. After OK:
//
// - the request line is `token SP target SP HTTP/1.0|HTTP/1.1`, the target in
//   origin-form, in absolute-form, or `*` for OPTIONS;
// - every line ends in CRLF, none is folded, no field name is followed by white
//   space or holds anything but token characters, no value holds controls;
// - HTTP/1.1 has exactly one Host, HTTP/1.0 at most one, and it is well-formed;
// - there is at most one of Content-Length (decimal digits that fit 63 bits)
//   and Transfer-Encoding (exactly `chunked`, and only on HTTP/1.1).
//
// INVALID_ARGUMENT (MALFORMED_REQUEST) names the first rule broken and repeats
// nothing of the request. UNIMPLEMENTED: the method is CONNECT
// (METHOD_UNKNOWN), or there is another transfer coding
// (TRANSFER_CODING_UNKNOWN).
absl::Status CheckFraming(absl::string_view header_block);

// Checks the syntax of one field line of a trailer, without its CRLF, like
// CheckFraming does. INVALID_ARGUMENT (MALFORMED_REQUEST).
absl::Status CheckFieldLine(absl::string_view line);

// Returns the error of a header block, or trailer, of more than `limit` bytes.
absl::Status HeaderTooLarge(std::size_t limit);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_FRAMING_H_
