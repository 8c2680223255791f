#ifndef WEBHOOKS_GATEWAY_OPENAPI_RECEIVERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_RECEIVERS_H_

#include <boost/json/object.hpp>
#include <vector>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "google/protobuf/descriptor.h"

// The requests that the service itself makes (the option `posted`).
namespace webhooks::gateway {

// Returns the messages with the option `posted` in the files of `comments`.
std::vector<const google::protobuf::Descriptor*> PostedMessages(
    const Comments& comments);

// Returns such a message as an item of OpenAPI's `webhooks`.
boost::json::object Receiver(const Meanings& meanings, Schemas& schemas,
                             const google::protobuf::Descriptor& message);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_RECEIVERS_H_
