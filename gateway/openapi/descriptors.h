#ifndef WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_

#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// Returns a serialized google.protobuf.FileDescriptorSet of the project's
// protos with source information, which generated code does not have. Before
// them are all files that they and their clients import.
absl::string_view EmbeddedDescriptors();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
