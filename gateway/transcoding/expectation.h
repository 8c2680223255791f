#ifndef WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_

#include <string>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// What a value of `field`, or an element of it, must be, in the words of a
// violation: "must be true or false".
std::string Expectation(const google::protobuf::FieldDescriptor* field);

// What a value of the type of `plan` must be.
std::string Expectation(const MessagePlan& plan);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_
