#ifndef WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_

#include "absl/strings/string_view.h"
#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/message.h"

// Sets fields from scalars of a request.
namespace webhooks::gateway {

// A scalar as it was sent.
struct Scalar {
  enum class Kind {
    kString,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    // From a path, a query or a map's key: it stands for any of the above.
    kText,
  };
  Kind kind;
  // Of a string, decoded; of a number, as written.
  absl::string_view text = {};
};

// Sets the singular `field`, or adds an element to a repeated one; the field
// is not of a message type. False: `scalar` is not of its type, and the field
// is as it was.
bool SetField(google::protobuf::Message& message,
              const google::protobuf::FieldDescriptor* field,
              const Scalar& scalar);

// Fills `message` if `scalar` is its type's JSON. Not for null, which only its
// field or google.protobuf.Value gives a meaning.
bool SetMessage(google::protobuf::Message& message, const MessagePlan& plan,
                const Scalar& scalar);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_
