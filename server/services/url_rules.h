#ifndef WEBHOOKS_SERVER_SERVICES_URL_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_URL_RULES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

enum class UrlSchemes { kHttps, kHttpsOrHttp };

// The cause why `url` cannot be a webhook's, as text that follows the field's
// name ("must be ...", "holds a space ..."); nothing where it can. The rule:
//
// - An absolute URI of RFC 3986, at most 2,048 characters, kept as it is given.
//   So it is ASCII: a host or path in other scripts comes as A-labels (RFC
//   5890) or percent-encoded UTF-8. Percent-escapes must be well-formed.
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
// Whether deliveries may go to that host is decided when they do.
std::optional<std::string> FindUrlProblem(absl::string_view url,
                                          UrlSchemes schemes);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_URL_RULES_H_
