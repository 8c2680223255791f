#ifndef WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_
#define WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/openapi/comments.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Returns the text of an OpenAPI 3.1 document of all routes of `services`, in
// the order of their option `position`, of the paths that the gateway answers
// itself, and of the requests to receivers. `body_bytes` is the limit of bodies
// of methods without max_body_bytes. Its errors are those of Router::Make.
absl::StatusOr<std::string> OpenApiDocument(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    const Comments& comments, std::size_t body_bytes);

// Uses the comments that are compiled into this program.
absl::StatusOr<std::string> OpenApiDocument(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    std::size_t body_bytes);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_
