#ifndef WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_
#define WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_

#include <boost/json/object.hpp>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/descriptor.h"
#include "webhooks/v1/options.pb.h"

// JSON Schema (2020-12) of single values, as the proto3 JSON mapping has them.
namespace webhooks::gateway {

// The writer of the JSON: a reader takes more forms of a value than a writer
// makes, and the details of errors leave empty lists out.
enum class Direction { kRequest, kAnswer, kDetail };

// A scalar that is no enum, or the text of JSON that the field holds, within
// its `values`.
boost::json::object ScalarSchema(const FieldPlan& field,
                                 const v1::Values& values, Direction direction);

// Returns the schema of a message type whose JSON is a string.
boost::json::object WellKnownSchema(JsonForm form);

// The same, and null.
boost::json::object OrNull(boost::json::object schema);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_VALUE_SCHEMA_H_
