#ifndef WEBHOOKS_STORAGE_ETAG_H_
#define WEBHOOKS_STORAGE_ETAG_H_

#include <string>

#include "absl/strings/string_view.h"
#include "webhooks/v1/webhook.pb.h"

// Entity-tags (RFC 9110, 8.8.3) of webhooks, and conditions on them.
namespace webhooks {

// The strong entity-tag of `webhook`, made of its id and last_update: no two
// webhooks, and no two states of one, have the same.
std::string EtagOf(const v1::Webhook& webhook);

// Whether `condition` is what If-Match may hold (RFC 9110, 13.1.1): "*", or
// entity-tags with commas between them; or "".
bool IsEtagCondition(absl::string_view condition);

// Whether a resource with `etag` fulfils `condition`, by strong comparison; one
// that is "" or "*" is always fulfilled, and one that is malformed never.
bool FulfilsEtagCondition(absl::string_view etag, absl::string_view condition);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_ETAG_H_
