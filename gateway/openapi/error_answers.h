#ifndef WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_

#include <boost/json/object.hpp>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

// The failures of calls as answers: those of the server and of the gateway.
namespace webhooks::gateway {

// The component "Error", the one shape of all of them, and the details that it
// may hold, which are taken from `schemas`.
boost::json::object ErrorSchema(Schemas& schemas);

// The headers that answers have, as components.
boost::json::object HeaderComponents();

// {"$ref": ...} to one of them.
boost::json::object HeaderReference(absl::string_view name);

// Adds references to the headers that tell of a project's rate.
void AddRateHeaders(boost::json::object& headers);

// The component for each failure that has none of its own.
inline constexpr absl::string_view kOtherError = "OtherError";

// Returns, as components, the failures that every call may end with and that
// say no more of one call than of another.
boost::json::object ErrorComponents();

// Adds every failure of the binding's calls to `responses`, by status.
void AddErrors(const Route& route, boost::json::object& responses);

// Describes any answer: a header, and in `text` its meaning.
boost::json::object ErrorAnswerObject(absl::string_view text, int http_status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
