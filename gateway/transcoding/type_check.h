#ifndef WEBHOOKS_GATEWAY_TRANSCODING_TYPE_CHECK_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_TYPE_CHECK_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Returns INVALID_ARGUMENT if `type`, or the type of a field within it, is a
// type of google.protobuf other than Timestamp, Duration, FieldMask and Empty:
// these are not transcoded (Any, Struct, NullValue, ...).
absl::Status CheckTypes(const google::protobuf::Descriptor* type);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_TYPE_CHECK_H_
