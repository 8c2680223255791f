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

// Headers that are fields of a binding's messages (http_header of
// options.proto), and the header Link of a list with a next page.
namespace webhooks::gateway {

// Returns the values of the request's header fields. Several If-Match are one
// list (RFC 9110, 5.3). INVALID_ARGUMENT (INVALID_HEADER): a value is empty,
// repeated, or not printable ASCII.
absl::StatusOr<std::vector<PathValue>> ReadHeaderFields(
    const Binding& binding, const RequestHead& head);

// Returns `reply`, the status of a call of `binding`. Violations of fields that
// are headers get the names of the headers.
absl::Status WithHeaderNames(const Binding& binding, const absl::Status& reply);

// Sets the headers of `response` that are fields of `message`, unless a value
// is empty or not printable ASCII.
void WriteHeaderFields(const Binding& binding,
                       const google::protobuf::Message& message,
                       HttpResponse& response);

// Sets Link (RFC 8288) to the next page, if there is one: the path and query of
// the request, with another page_token.
void WriteNextPage(const Binding& binding,
                   const google::protobuf::Message& message,
                   absl::string_view path, absl::string_view query,
                   HttpResponse& response);

// Returns the value of the header `name` of `response`, or "".
absl::string_view ResponseHeader(const HttpResponse& response,
                                 absl::string_view name);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HEADER_FIELDS_H_
