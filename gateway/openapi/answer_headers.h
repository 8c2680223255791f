#ifndef WEBHOOKS_GATEWAY_OPENAPI_ANSWER_HEADERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_ANSWER_HEADERS_H_

#include <boost/json/object.hpp>

#include "absl/strings/string_view.h"

// The headers of answers that are the same for many calls.
namespace webhooks::gateway {

// Returns the headers as components.
boost::json::object HeaderComponents();

// Returns a {"$ref": ...} to one of them.
boost::json::object HeaderReference(absl::string_view name);

// Adds references to the headers of a project's rate limit.
void AddRateHeaders(boost::json::object& headers);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_ANSWER_HEADERS_H_
