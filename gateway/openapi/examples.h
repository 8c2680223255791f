#ifndef WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_
#define WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_

#include <boost/json/value.hpp>
#include <optional>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/value_schema.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"

// Examples of whole bodies, assembled from the examples of their fields.
namespace webhooks::gateway {

// Returns an example of a message; nullopt if a field that is always present
// has no example.
std::optional<boost::json::value> MessageExample(const Meanings& meanings,
                                                 const MessagePlan& plan,
                                                 Direction direction);

// Returns an example of an answer, with every field that has an example.
std::optional<boost::json::value> AnswerExample(const Meanings& meanings,
                                                const Binding& binding);

// Returns an example of a request body, for a binding with a body: with the
// required fields and the fields that have an example of their own.
std::optional<boost::json::value> BodyExample(const Meanings& meanings,
                                              const Binding& binding);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_
