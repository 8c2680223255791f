#ifndef WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_
#define WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_

#include "absl/strings/string_view.h"

// Entity-tags (RFC 9110, 8.8.3) and conditions on them: "*", or tags with
// commas between them, as If-Match and If-None-Match hold.
namespace webhooks {

// The google.rpc.ErrorInfo reason of a call that was made for another state of
// the resource: ABORTED, and over HTTP 412.
inline constexpr absl::string_view kEtagMismatch = "ETAG_MISMATCH";

bool IsEtagCondition(absl::string_view condition);

// Whether all tags of the condition are weak, as some proxies make them: strong
// comparison fulfils it for no resource.
bool IsWeakCondition(absl::string_view condition);

// Whether a resource with `etag` fulfils `condition`: by strong comparison, as
// for If-Match, or weak, as for If-None-Match. A condition that is malformed is
// never fulfilled.
bool MatchesStrongly(absl::string_view etag, absl::string_view condition);
bool MatchesWeakly(absl::string_view etag, absl::string_view condition);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_RPC_ENTITY_TAG_H_
