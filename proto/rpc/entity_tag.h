#ifndef WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_
#define WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_

#include "absl/strings/string_view.h"

// Entity-tags (RFC 9110, 8.8.3) and the conditions of If-Match and
// If-None-Match: "*", or a comma-separated list of tags.
namespace webhooks {

// The google.rpc.ErrorInfo reason of a call whose etag is not that of the
// resource: ABORTED, and 412 over HTTP.
inline constexpr absl::string_view kEtagMismatch = "ETAG_MISMATCH";

bool IsEtagCondition(absl::string_view condition);

// Returns true if all tags of `condition` are weak, as some proxies make them:
// it can never match strongly.
bool IsWeakCondition(absl::string_view condition);

// Returns true if `etag` matches `condition`, by strong comparison (for
// If-Match) or weak comparison (for If-None-Match). A malformed condition never
// matches.
bool MatchesStrongly(absl::string_view etag, absl::string_view condition);
bool MatchesWeakly(absl::string_view etag, absl::string_view condition);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_
