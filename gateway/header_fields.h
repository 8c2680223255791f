#ifndef WEBHOOKS_GATEWAY_HEADER_FIELDS_H_
#define WEBHOOKS_GATEWAY_HEADER_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/http/request_handler.h"
#include "gateway/transcoding/binding.h"
#include "google/protobuf/message.h"

// The headers that a binding's messages have as fields (http_header of
// options.proto), and the one that a list's answer has for its next page.
namespace webhooks::gateway {

// Returns the values that `head` gives to fields of the request. Several
// If-Match are one list (RFC 9110, 5.3). INVALID_ARGUMENT (INVALID_HEADER): one
// is empty, repeated, or holds anything but printable ASCII.
absl::StatusOr<std::vector<PathValue>> ReadHeaderFields(
    const Binding& binding, const RequestHead& head);

// The reply to a call of `binding`, with violations of fields that are headers
// under their headers' names.
absl::Status WithHeaderNames(const Binding& binding, const absl::Status& reply);

// Sets the headers that `message` has values for; what is not printable ASCII
// is left out.
void WriteHeaderFields(const Binding& binding,
                       const google::protobuf::Message& message,
                       HttpResponse& response);

// Sets Link (RFC 8288) to the page that follows, where one does: the path and
// query of the request, with another page_token.
void WriteNextPage(const Binding& binding,
                   const google::protobuf::Message& message,
                   absl::string_view path, absl::string_view query,
                   HttpResponse& response);

// The value of the header `name` of `response`, or "".
absl::string_view ResponseHeader(const HttpResponse& response,
                                 absl::string_view name);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HEADER_FIELDS_H_
