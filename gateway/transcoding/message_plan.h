#ifndef WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_PLAN_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// The properties of a message type that reading and writing JSON needs,
// computed once: names, options, and the form in the JSON mapping.
namespace webhooks::gateway {

// The form of a message type in the proto3 JSON mapping.
enum class JsonForm {
  kObject,
  kTimestamp,
  kDuration,
  kFieldMask,
  // The other types of google.protobuf (Any, Struct, wrappers, ...), of which
  // no message of an RPC may have a field (see type_check.h). Empty is kObject.
  kUnsupported,
};

struct MessagePlan;

struct FieldPlan {
  const google::protobuf::FieldDescriptor* field;
  // The plan of the message or map entry type; null for other types.
  const MessagePlan* message = nullptr;
  // The index of the field in its plan.
  size_t index;
  // The name in JSON: the json_name if the proto has one, else the proto's
  // name.
  std::string name;
  // The name with quotes and colon: `"name":`.
  std::string quoted_key;
  bool nullable = false;
  bool required_key = false;
  // True if the field is not a key of JSON, a query or a path: see http_header,
  // body_mask and true_if_null of options.proto.
  bool hidden = false;
  // True if the field holds the text of a JSON value.
  bool raw_json = false;
  // The greatest number of elements of a list (Values.max_items of
  // options.proto); 0: no limit.
  size_t max_items = 0;
  // The bool of the same message that a null for this field sets to true
  // (true_if_null of options.proto), or null.
  const google::protobuf::FieldDescriptor* null_flag = nullptr;
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor;
  const google::protobuf::Reflection* reflection;
  JsonForm form;
  bool has_required_keys = false;
  // In the order of the field numbers.
  std::vector<FieldPlan> fields;
  // By each name of a field in requests, without hidden fields.
  absl::flat_hash_map<std::string, const FieldPlan*> by_name;

  // The field with the option body_mask, or null.
  const google::protobuf::FieldDescriptor* body_mask = nullptr;

  // Returns the field with the name `name` in JSON, or null.
  const FieldPlan* Find(absl::string_view name) const {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  }
  const FieldPlan& Of(const google::protobuf::FieldDescriptor* field) const;
};

// Returns the plan of a type of the generated pool, which is valid as long as
// the process. Thread-safe.
const MessagePlan& PlanOf(const google::protobuf::Descriptor* descriptor);

JsonForm FormOf(const google::protobuf::Descriptor* descriptor);

// Returns true if a value of the type of `field`, or of one of its elements,
// can be written as text in a path or query: scalars, and the well-known types
// whose JSON is a string.
bool HasTextForm(const google::protobuf::FieldDescriptor* field);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_PLAN_H_
