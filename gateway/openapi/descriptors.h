#ifndef WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_

#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// Returns the project's protos as a serialized
// google.protobuf.FileDescriptorSet with source information, which generated
// code does not have.
absl::string_view EmbeddedDescriptors();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
