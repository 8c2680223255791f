#ifndef WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_

#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// The project's protos as a serialized google.protobuf.FileDescriptorSet with
// source information, which the generated code of the same protos lacks.
absl::string_view EmbeddedDescriptors();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_DESCRIPTORS_H_
