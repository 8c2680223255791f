#ifndef WEBHOOKS_GATEWAY_CONTENT_H_
#define WEBHOOKS_GATEWAY_CONTENT_H_

#include "absl/status/status.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Whether the body that follows `head` is one that can be read: plain
// application/json in UTF-8, or with PATCH application/merge-patch+json (RFC
// 7396), which is the same. OK without a body. Otherwise INVALID_ARGUMENT
// (UNSUPPORTED_MEDIA_TYPE), which is a 415.
absl::Status CheckContent(const RequestHead& head);

// The refusal of a body that has no type though it must have one.
absl::Status UnsupportedMediaType();

// Whether a body that has no type is only fine if it turns out empty: one whose
// length `head` does not tell.
bool MustBeEmpty(const RequestHead& head);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONTENT_H_
