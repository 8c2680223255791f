#include "gateway/openapi/schemas.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// Returns "Delivery.State" for webhooks.v1.Delivery.State.
template <typename Type>
std::string NameOf(const Type& type) {
  absl::string_view name = type.full_name();
  if (absl::ConsumePrefix(&name, type.file()->package())) {
    absl::ConsumePrefix(&name, ".");
  }
  return std::string(name);
}

// Returns true for the zero value of an enum, which means "not specified".
bool IsUnspecified(const EnumValueDescriptor& value) {
  return value.number() == 0 && absl::EndsWith(value.name(), "_UNSPECIFIED");
}

// Members of a oneof exclude each other, so an object never has all keys.
// Nullable members are always written.
std::size_t NeverTogether(const MessagePlan& plan) {
  std::size_t count = 0;
  for (int i = 0; i < plan.descriptor->real_oneof_decl_count(); ++i) {
    const auto* oneof = plan.descriptor->oneof_decl(i);
    std::size_t members = 0;
    for (int k = 0; k < oneof->field_count(); ++k) {
      members += plan.Of(oneof->field(k)).nullable ? 0 : 1;
    }
    count += members > 1 ? members - 1 : 0;
  }
  return count;
}

}  // namespace

void AddWithin(const Descriptor* type, Types& types) {
  if (!types.insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const Descriptor* field = type->field(i)->message_type();
    if (field != nullptr) AddWithin(field, types);
  }
}

bool IsInPath(const Binding& binding, const FieldPlan& field) {
  return std::any_of(binding.path_fields.begin(), binding.path_fields.end(),
                     [&](const FieldPath& path) {
                       return path.size() == 1 && path[0] == field.field;
                     });
}

bool IsAlwaysThere(const FieldPlan& field, Direction direction) {
  if (direction == Direction::kRequest) return field.required_key;
  if (direction == Direction::kDetail && field.field->is_repeated()) {
    return false;
  }
  return field.nullable || !field.field->has_presence() ||
         field.field->options().GetExtension(v1::values).always_set();
}

json::object Schemas::OfField(const FieldPlan& field, Direction direction) {
  json::object schema = OfValue(field, direction);
  const Meaning meaning = meanings_.Of(field.field);
  if (field.field->options().deprecated()) schema["deprecated"] = true;
  if (!meaning.text.empty()) schema["description"] = meaning.text;
  if (!meaning.values.example().empty()) {
    boost::system::error_code error;
    json::value example = json::parse(meaning.values.example(), error);
    if (!error) schema["examples"] = json::array{std::move(example)};
  }
  return schema;
}

json::object Schemas::OfValue(const FieldPlan& field, Direction direction) {
  const v1::Values values = meanings_.Of(field.field).values;
  json::object schema;
  if (field.field->is_map()) {
    schema = {{"type", "object"},
              {"additionalProperties",
               OfSingle(field.message->fields[1], values, direction)}};
    if (values.has_min_items()) schema["minProperties"] = values.min_items();
    if (values.has_max_items()) schema["maxProperties"] = values.max_items();
  } else if (field.field->is_repeated()) {
    schema = {{"type", "array"}, {"items", OfSingle(field, values, direction)}};
    if (values.has_min_items()) schema["minItems"] = values.min_items();
    if (values.has_max_items()) schema["maxItems"] = values.max_items();
    if (values.unique_items()) schema["uniqueItems"] = true;
  } else {
    schema = OfSingle(field, values, direction);
  }
  return field.nullable ? OrNull(std::move(schema)) : schema;
}

json::object Schemas::OfSingle(const FieldPlan& field, const v1::Values& values,
                               Direction direction) {
  if (field.message != nullptr) return OfMessage(*field.message, direction);
  if (field.field->enum_type() != nullptr) {
    return OfEnum(field.field->enum_type());
  }
  return ScalarSchema(field, values, direction);
}

json::object Schemas::OfMessage(const MessagePlan& plan, Direction direction) {
  if (plan.form != JsonForm::kObject) return WellKnownSchema(plan.form);
  const bool is_input =
      direction == Direction::kRequest && answered_.contains(plan.descriptor);
  const std::string name =
      absl::StrCat(NameOf(*plan.descriptor), is_input ? "Input" : "");
  if (!components_.contains(name)) {
    components_[name] = nullptr;  // types may contain themselves
    json::object schema = Object(plan, direction, nullptr);
    components_[name] = std::move(schema);
  }
  return Reference(name);
}

json::object Schemas::OfWholeBody(const Binding& binding) {
  const MessagePlan& plan = PlanOf(binding.method->input_type());
  const bool is_whole = std::none_of(
      plan.fields.begin(), plan.fields.end(), [&](const FieldPlan& field) {
        return !field.hidden && IsInPath(binding, field);
      });
  if (is_whole) return OfMessage(plan, Direction::kRequest);
  return Object(plan, Direction::kRequest, &binding);
}

// Leaves out the fields in the path of `binding`, which may be null.
json::object Schemas::Object(const MessagePlan& plan, Direction direction,
                             const Binding* binding) {
  json::object properties;
  json::array required;
  for (const FieldPlan& field : plan.fields) {
    if (field.hidden || (binding != nullptr && IsInPath(*binding, field))) {
      continue;
    }
    properties[field.name] = OfField(field, direction);
    if (IsAlwaysThere(field, direction)) required.emplace_back(field.name);
  }
  json::object schema{{"type", "object"}};
  const std::string text = meanings_.comments().Of(*plan.descriptor);
  if (!text.empty()) schema["description"] = text;
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  if (direction == Direction::kRequest) schema["additionalProperties"] = false;
  if (const std::size_t excluded = NeverTogether(plan); excluded > 0) {
    schema["maxProperties"] =
        schema["properties"].as_object().size() - excluded;
  }
  return schema;
}

json::object Schemas::OfEnum(const EnumDescriptor* type) {
  const std::string name = NameOf(*type);
  if (components_.contains(name)) return Reference(name);
  std::string text = meanings_.comments().Of(*type);
  json::array values;
  for (int i = 0; i < type->value_count(); ++i) {
    const EnumValueDescriptor& value = *type->value(i);
    if (IsUnspecified(value)) continue;
    values.emplace_back(value.name());
    absl::StrAppend(&text, values.size() == 1 ? "\n\n" : "\n", "- `",
                    value.name(), "`: ", meanings_.comments().Of(value));
  }
  components_[name] = json::object{{"type", "string"},
                                   {"description", std::move(text)},
                                   {"enum", std::move(values)}};
  return Reference(name);
}

json::object Schemas::Reference(const std::string& name) const {
  return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
}

}  // namespace webhooks::gateway
