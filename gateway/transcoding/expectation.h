#ifndef WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_

#include <string>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Returns the requirement on a value or element of `field`, as the description
// of a violation: "must be true or false".
std::string Expectation(const google::protobuf::FieldDescriptor* field);

// Returns the requirement on a value of the type of `plan`.
std::string Expectation(const MessagePlan& plan);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_EXPECTATION_H_
