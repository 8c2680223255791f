#ifndef WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
#define WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_

#include "absl/strings/string_view.h"

// The productions of RFC 9110, RFC 9112 and RFC 3986 that requests are checked
// against.
namespace webhooks::gateway {

// token: 1*tchar.
bool IsToken(absl::string_view text);

// What a field value may hold between its white space: visible characters,
// SP, HTAB and bytes above 0x7f.
bool IsFieldValue(absl::string_view text);

// origin-form: a path that begins with '/', and a query that may also hold the
// characters that browsers leave as they are ([ ] { | } \ ^ `). No fragment.
bool IsOriginForm(absl::string_view text);

// uri-host [ ":" port ], the host not empty.
bool IsHost(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_GRAMMAR_H_
