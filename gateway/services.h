#ifndef WEBHOOKS_GATEWAY_SERVICES_H_
#define WEBHOOKS_GATEWAY_SERVICES_H_

#include <vector>

#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Returns each service that is linked into this program and has a method with a
// google.api.http annotation, sorted by file and by order in the file. The
// annotation alone decides that an RPC is served over HTTP.
std::vector<const google::protobuf::ServiceDescriptor*> AnnotatedServices();

// Returns the first method of `services` with the option checks_key, or null.
const google::protobuf::MethodDescriptor* FindKeyCheck(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_SERVICES_H_
