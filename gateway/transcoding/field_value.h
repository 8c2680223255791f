#ifndef WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/message.h"
#include "proto/json/json_sink.h"

// Sets fields from scalars of a request.
namespace webhooks::gateway {

// Sets the singular `field`, or adds an element to a repeated one; its type
// must not be a message. Returns false, and changes nothing, if `scalar` is not
// of its type.
bool SetField(google::protobuf::Message& message,
              const google::protobuf::FieldDescriptor* field,
              const JsonScalar& scalar);

// Fills `message` from the JSON string of its type. Returns false if `scalar`
// is not such a string, or if the JSON of the type is an object.
bool SetMessage(google::protobuf::Message& message, const MessagePlan& plan,
                const JsonScalar& scalar);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_FIELD_VALUE_H_
