#ifndef WEBHOOKS_GATEWAY_OPENAPI_SCHEMAS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_SCHEMAS_H_

#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "gateway/openapi/meanings.h"
#include "gateway/openapi/value_schema.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

using Types = absl::flat_hash_set<const google::protobuf::Descriptor*>;

// Adds `type` and, recursively, the message types of its fields to `types`.
void AddWithin(const google::protobuf::Descriptor* type, Types& types);

// The JSON Schemas of an API's messages. Messages and enums become components
// with their names in the package. A message that is used in requests and in
// answers becomes two components, as their required keys differ: in answers
// every key is required that the gateway always writes.
class Schemas {
 public:
  // `answered` are the types that are used in answers. `meanings` must outlive
  // this object.
  Schemas(const Meanings& meanings, Types answered)
      : meanings_(meanings), answered_(std::move(answered)) {}

  // Returns the schema of a field, with its description.
  boost::json::object OfField(const FieldPlan& field, Direction direction);

  // Returns the schema of a field, without a description.
  boost::json::object OfValue(const FieldPlan& field, Direction direction);

  boost::json::object OfMessage(const MessagePlan& plan, Direction direction);

  // Returns the schema of a body that is the whole message (body: "*"), without
  // the fields in the path.
  boost::json::object OfWholeBody(const Binding& binding);

  // Returns the components that were used so far, by name.
  boost::json::object TakeComponents() { return std::move(components_); }

 private:
  boost::json::object OfSingle(const FieldPlan& field, const v1::Values& values,
                               Direction direction);
  boost::json::object OfEnum(const google::protobuf::EnumDescriptor* type);
  boost::json::object Object(const MessagePlan& plan, Direction direction,
                             const Binding* binding);
  boost::json::object Reference(const std::string& name) const;

  const Meanings& meanings_;
  const Types answered_;
  boost::json::object components_;
};

// Returns true if the path of `binding` holds the field of the request.
bool IsInPath(const Binding& binding, const FieldPlan& field);

// Returns true if the JSON object always has the key of `field`.
bool IsAlwaysThere(const FieldPlan& field, Direction direction);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_SCHEMAS_H_
