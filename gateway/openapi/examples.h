#ifndef WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_
#define WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_

#include <boost/json/value.hpp>
#include <optional>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/value_schema.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"

// Examples of whole bodies, put together from those of their fields.
namespace webhooks::gateway {

// A message: none where a field that is always there has no example.
std::optional<boost::json::value> MessageExample(const Meanings& meanings,
                                                 const MessagePlan& plan,
                                                 Direction direction);

// An answer, with every field that has an example.
std::optional<boost::json::value> AnswerExample(const Meanings& meanings,
                                                const Binding& binding);

// A body of requests, of a binding that takes one: with the fields that must be
// there, and those that have an example of their own.
std::optional<boost::json::value> BodyExample(const Meanings& meanings,
                                              const Binding& binding);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_EXAMPLES_H_
