#ifndef WEBHOOKS_SERVER_SERVICES_URL_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_URL_RULES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

enum class UrlSchemes { kHttps, kHttpsOrHttp };

// Returns why a webhook cannot have `url`, as text that follows the field's
// name ("must be ...", "holds a space ..."); nullopt if it can. The rules:
//
// - An absolute URI of RFC 3986, at most 2,048 characters, kept as it is given.
//   A URI is ASCII: a host or path in another script is written as A-labels
//   (RFC 5890) or percent-encoded UTF-8. Percent-escapes must be well-formed.
// - The scheme is one of `schemes`, in either case.
// - No user information ("user:password@"), which would be stored in the clear.
// - No fragment, which would never be sent.
// - The host is a DNS name (labels of letters, digits, '-' and '_', at most 63
//   characters each and 253 together; a final dot is fine), an IPv4 address of
//   four decimal numbers, or an IPv6 address in brackets without a zone. A name
//   whose last label is a number is none of these: programs read "1.2" and
//   "0x7f.1" as addresses, and not all as the same one.
// - The port, if given, is 1 to 65535, in at most five digits; an empty one
//   ("https://a.example:/") is allowed, and means the scheme's.
//
// TargetGuard checks the addresses of the host when a request is sent.
std::optional<std::string> FindUrlProblem(absl::string_view url,
                                          UrlSchemes schemes);

// Returns the host of a URL in which FindUrlProblem finds none, as it is
// written, without brackets.
std::string HostOf(absl::string_view url);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_URL_RULES_H_
