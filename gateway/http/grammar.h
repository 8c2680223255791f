#ifndef WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
#define WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_

#include <optional>

#include "absl/strings/string_view.h"

// Productions of RFC 9110, RFC 9112 and RFC 3986, to check requests.
namespace webhooks::gateway {

// token: 1*tchar.
bool IsToken(absl::string_view text);

// Returns true if `text` is a field value between its white space: visible
// characters, SP, HTAB and bytes above 0x7f.
bool IsFieldValue(absl::string_view text);

// quoted-string (RFC 9110, 5.6.4).
bool IsQuotedString(absl::string_view text);

// Returns the path and query of a request target in origin-form, or in
// absolute-form of http or https; nullopt for another form or a fragment. The
// path begins with '/', or is empty if an absolute-form has none. The query may
// also hold the characters that browsers do not encode ([ ] { | } \ ^ `).
std::optional<absl::string_view> PathAndQuery(absl::string_view target);

// uri-host [ ":" port ], the host not empty.
bool IsHost(absl::string_view text);

// The methods that are known.
inline constexpr absl::string_view kMethods[] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
bool IsKnownMethod(absl::string_view method);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
