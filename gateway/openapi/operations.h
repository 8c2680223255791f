#ifndef WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>

#include "gateway/openapi/error_examples.h"
#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

namespace webhooks::gateway {

// Returns the key of a route's operation within its path's item ("get"); "" if
// OpenAPI has no such method.
std::string MethodOf(const Route& route);

// Returns the operation of one route. `index` is its place among the routes of
// its RPC; `body_bytes` is the default limit of bodies.
boost::json::object Operation(const Meanings& meanings, Schemas& schemas,
                              const ErrorExamples& examples, const Route& route,
                              std::size_t index, std::size_t body_bytes);

// Returns the tag of a service: "Webhook" for "WebhookService".
std::string TagOf(const google::protobuf::ServiceDescriptor& service);

// Returns the first sentence, without its full stop and the marks of code:
// summaries are no Markdown.
std::string FirstSentence(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_OPERATIONS_H_
