#ifndef WEBHOOKS_GATEWAY_PAGE_POLICIES_H_
#define WEBHOOKS_GATEWAY_PAGE_POLICIES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The headers that tell a browser what a page may do.
namespace webhooks::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Returns the headers of the pages of /docs: scripts and styles of this gateway
// alone, calls to this gateway alone, and no page around them.
Headers DocsPolicy();

// Returns the headers of the console: those of /docs; no string becomes code or
// markup (Trusted Types); no other site has a handle on the window (COOP) or
// loads its files (CORP). `frame_ancestors` are the origins whose pages may
// embed the console.
Headers ConsolePolicy(const std::vector<std::string>& frame_ancestors);

// Returns the origins in `text`, which are separated by commas: scheme and
// host, and a port if it is not the default. INVALID_ARGUMENT: one of them is
// not the origin of an http or https URL; the message says which.
absl::StatusOr<std::vector<std::string>> ParseOrigins(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_PAGE_POLICIES_H_
