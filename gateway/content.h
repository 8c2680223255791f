#ifndef WEBHOOKS_GATEWAY_CONTENT_H_
#define WEBHOOKS_GATEWAY_CONTENT_H_

#include "absl/status/status.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Whether the body that follows `head` is one that can be read: plain
// application/json in UTF-8. OK without a body. Otherwise INVALID_ARGUMENT
// (UNSUPPORTED_MEDIA_TYPE), which is a 415.
absl::Status CheckContent(const RequestHead& head);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONTENT_H_
