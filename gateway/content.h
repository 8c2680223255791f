#ifndef WEBHOOKS_GATEWAY_CONTENT_H_
#define WEBHOOKS_GATEWAY_CONTENT_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Refuses the body that follows `head` with 415 (UNSUPPORTED_MEDIA_TYPE) where
// it is encoded or of another type than application/json, or with PATCH
// application/merge-patch+json (RFC 7396), which is the same. Parameters do not
// matter: JSON is UTF-8 whatever a charset says (RFC 8259, 8.1).
std::optional<HttpResponse> RefuseContent(const RequestHead& head);

// The refusal of a body that has no type though it must have one.
HttpResponse NotJsonAnswer(absl::string_view method);

// Returns true if a body that has no type is only fine if it turns out empty:
// one whose length `head` does not tell.
bool MustBeEmpty(const RequestHead& head);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CONTENT_H_
