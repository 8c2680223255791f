#ifndef WEBHOOKS_GATEWAY_CONTENT_H_
#define WEBHOOKS_GATEWAY_CONTENT_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Returns 415 (UNSUPPORTED_MEDIA_TYPE) if the body that follows `head` is
// encoded or its type is not application/json or, with PATCH,
// application/merge-patch+json (RFC 7396). Parameters of the type are ignored:
// JSON is always UTF-8 (RFC 8259, 8.1).
std::optional<HttpResponse> RefuseContent(const RequestHead& head);

// Returns the 415 for a body without a type.
HttpResponse NotJsonAnswer(absl::string_view method);

// Returns true if the body has no type and no known length, so that it is
// accepted only if it turns out to be empty.
bool MustBeEmpty(const RequestHead& head);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONTENT_H_
