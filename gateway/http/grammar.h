#ifndef WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
#define WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_

#include <optional>

#include "absl/strings/string_view.h"

// The productions of RFC 9110, RFC 9112 and RFC 3986 that requests are checked
// against.
namespace webhooks::gateway {

// token: 1*tchar.
bool IsToken(absl::string_view text);

// Returns true if `text` is a field value between its white space: visible
// characters, SP, HTAB and bytes above 0x7f.
bool IsFieldValue(absl::string_view text);

// quoted-string (RFC 9110, 5.6.4).
bool IsQuotedString(absl::string_view text);

// The path and query of a request target in origin-form or in absolute-form of
// http and https; nothing if it is in neither. The path begins with '/', or is
// empty where an absolute-form has none; the query may also hold the characters
// that browsers leave as they are ([ ] { | } \ ^ `). No fragment.
std::optional<absl::string_view> PathAndQuery(absl::string_view target);

// uri-host [ ":" port ], the host not empty.
bool IsHost(absl::string_view text);

// The methods that paths may have.
inline constexpr absl::string_view kMethods[] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
bool IsKnownMethod(absl::string_view method);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
