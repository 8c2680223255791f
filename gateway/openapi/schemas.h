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

// Adds `type` and the types of all that it holds to `types`.
void AddWithin(const google::protobuf::Descriptor* type, Types& types);

// The JSON Schemas of an API's messages. Those of messages and enums become
// components, named as in their package; a message that stands in requests as
// well as in answers is two: what a request must hold is not what an answer
// always holds. In answers every key that the gateway always writes is
// required.
class Schemas {
 public:
  // `answered`: the types that stand in answers. `meanings` must outlive this
  // object.
  Schemas(const Meanings& meanings, Types answered)
      : meanings_(meanings), answered_(std::move(answered)) {}

  // The value of a field, with what is said of it.
  boost::json::object OfField(const FieldPlan& field, Direction direction);

  // The same without the words.
  boost::json::object OfValue(const FieldPlan& field, Direction direction);

  boost::json::object OfMessage(const MessagePlan& plan, Direction direction);

  // The body of a request that is all of the message (body: "*"), without what
  // the path holds.
  boost::json::object OfWholeBody(const Binding& binding);

  // The components that were needed so far, by name.
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

// Returns true if an object has the key whatever the message holds.
bool IsAlwaysThere(const FieldPlan& field, Direction direction);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_SCHEMAS_H_
