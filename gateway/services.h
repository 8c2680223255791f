#ifndef WEBHOOKS_GATEWAY_SERVICES_H_
#define WEBHOOKS_GATEWAY_SERVICES_H_

#include <vector>

#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Every service that is linked into this program and has a method with a
// google.api.http annotation, by file and order in the file: an RPC is served
// over HTTP because its proto says so, and for no other reason.
std::vector<const google::protobuf::ServiceDescriptor*> AnnotatedServices();

// The first method of `services` that the option checks_key marks, or null.
const google::protobuf::MethodDescriptor* FindKeyCheck(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_SERVICES_H_
