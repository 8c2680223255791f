#ifndef WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_
#define WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/openapi/comments.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// The text of an OpenAPI 3.1 document of every route of `services`, with the
// paths that the gateway answers itself, and of the requests that receivers
// get. `body_bytes`: what a request's body may have where its method does not
// say so. INVALID_ARGUMENT: as Router::Make.
absl::StatusOr<std::string> OpenApiDocument(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    const Comments& comments, std::size_t body_bytes);

// The same with the comments that are compiled into this program.
absl::StatusOr<std::string> OpenApiDocument(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    std::size_t body_bytes);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_DOCUMENT_H_
