#ifndef WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_

#include <boost/json/object.hpp>
#include <vector>

#include "gateway/openapi/error_examples.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"
#include "google/protobuf/descriptor.h"

// The failures of calls as answers: those of the server and of the gateway. An
// operation describes those that its client can avoid or has to wait for; the
// component kOtherError describes those that are the same for all calls and
// that a client treats alike.
namespace webhooks::gateway {

// Returns the component "Error", the schema of all errors, with the details
// that it may hold, which are added to `schemas`.
boost::json::object ErrorSchema(Schemas& schemas);

// The component for all errors without one of their own.
inline constexpr absl::string_view kOtherError = "OtherError";

// Returns, as components, the errors of calls of `services` and of the gateway
// that are the same for all calls.
boost::json::object ErrorComponents(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    const ErrorExamples& examples);

// Adds all errors of the route's calls to `responses`, by HTTP status.
void AddErrors(const Route& route, const ErrorExamples& examples,
               boost::json::object& responses);

// Returns the description of an error answer with the meaning `text`, and the
// examples of the reasons that it names.
boost::json::object ErrorResponseObject(absl::string_view text, int http_status,
                                        const ErrorExamples& examples);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_ERROR_ANSWERS_H_
