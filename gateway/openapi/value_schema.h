#ifndef WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_
#define WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_

#include <boost/json/object.hpp>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/descriptor.h"
#include "webhooks/v1/options.pb.h"

// JSON Schema (2020-12) of single values, by the proto3 JSON mapping.
namespace webhooks::gateway {

// The use of the JSON. Requests may have more forms of a value than answers,
// and error details leave out empty lists.
enum class Direction { kRequest, kAnswer, kDetail };

// Returns the schema of a scalar that is not an enum, or of a raw_json field,
// with the constraints of `values`.
boost::json::object ScalarSchema(const FieldPlan& field,
                                 const v1::Values& values, Direction direction);

// Returns the schema of a message type whose JSON is a string.
boost::json::object WellKnownSchema(JsonForm form);

// Returns `schema` extended by null.
boost::json::object OrNull(boost::json::object schema);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_
