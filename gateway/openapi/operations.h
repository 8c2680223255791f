#ifndef WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

namespace webhooks::gateway {

// The key of a route's operation within its path's item: "get". "": OpenAPI has
// no such method.
std::string MethodOf(const Route& route);

// Describes the calls of one route and their answers. `index` is its place
// among the routes of its RPC; `body_bytes` the most that a body may have.
boost::json::object Operation(const Meanings& meanings, Schemas& schemas,
                              const Route& route, std::size_t index,
                              std::size_t body_bytes);

// "WebhookService" as readers see it: "Webhook".
std::string TagOf(const google::protobuf::ServiceDescriptor& service);

// The first sentence, without its end.
std::string FirstSentence(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_
