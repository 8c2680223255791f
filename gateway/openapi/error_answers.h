#ifndef WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_

#include <boost/json/object.hpp>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

// The failures of calls as answers: those of the server and of the gateway.
namespace webhooks::gateway {

// Returns the component "Error", the schema of all errors, with the details
// that it may hold, which are added to `schemas`.
boost::json::object ErrorSchema(Schemas& schemas);

// Returns the headers of answers, as components.
boost::json::object HeaderComponents();

// Returns a {"$ref": ...} to one of them.
boost::json::object HeaderReference(absl::string_view name);

// Adds references to the headers of a project's rate limit.
void AddRateHeaders(boost::json::object& headers);

// The component for all errors without one of their own.
inline constexpr absl::string_view kOtherError = "OtherError";

// Returns, as components, the errors of the gateway that are the same for all
// calls.
boost::json::object ErrorComponents();

// Adds all errors of the route's calls to `responses`, by HTTP status.
void AddErrors(const Route& route, boost::json::object& responses);

// Returns the description of an error answer, with the meaning `text`.
boost::json::object ErrorResponseObject(absl::string_view text,
                                        int http_status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
