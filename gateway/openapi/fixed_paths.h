#ifndef WEBHOOKS_GATEWAY_OPENAPI_FIXED_PATHS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_FIXED_PATHS_H_

#include <boost/json/object.hpp>

#include "absl/strings/string_view.h"
#include "gateway/openapi/error_examples.h"

namespace webhooks::gateway {

// The tag of the paths that the gateway answers without an RPC.
inline constexpr absl::string_view kGatewayTag = "Gateway";

// Adds those paths: health, readiness, the document itself and the descriptors.
void AddFixedPaths(const ErrorExamples& examples, boost::json::object& paths);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_FIXED_PATHS_H_
