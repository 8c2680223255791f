#include "gateway/openapi/value_schema.h"

#include <boost/json/array.hpp>
#include <cstdint>
#include <limits>

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::FieldDescriptor;

template <typename Integer>
json::object Integers(absl::string_view format, const v1::Values& values) {
  using Limits = std::numeric_limits<Integer>;
  return {{"type", "integer"},
          {"format", std::string(format)},
          {"minimum", values.has_minimum() ? values.minimum() : Limits::min()},
          {"maximum", values.has_maximum() ? values.maximum() : Limits::max()}};
}

// JSON numbers have the precision of a double, so 64-bit integers are strings.
json::object LongIntegers(absl::string_view pattern, Direction direction) {
  json::object text{{"type", "string"}, {"pattern", std::string(pattern)}};
  if (direction == Direction::kRequest) {
    text["type"] = json::array{"string", "integer"};
  }
  return text;
}

json::object Reals(absl::string_view format) {
  return {
      {"oneOf", json::array{json::object{{"type", "number"},
                                         {"format", std::string(format)}},
                            json::object{{"type", "string"},
                                         {"enum", json::array{"NaN", "Infinity",
                                                              "-Infinity"}}}}}};
}

json::object Text(const v1::Values& values) {
  json::object schema{{"type", "string"}};
  if (!values.format().empty()) schema["format"] = values.format();
  if (!values.pattern().empty()) schema["pattern"] = values.pattern();
  if (values.has_min_length()) schema["minLength"] = values.min_length();
  if (values.has_max_length()) schema["maxLength"] = values.max_length();
  return schema;
}

json::object AnyJson() {
  return {
      {"type", json::array{"object", "array", "string", "number", "boolean"}},
      {"additionalProperties", true}};
}

}  // namespace

json::object ScalarSchema(const FieldPlan& field, const v1::Values& values,
                          Direction direction) {
  if (field.raw_json) return AnyJson();
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Integers<std::int32_t>("int32", values);
    case FieldDescriptor::CPPTYPE_UINT32:
      return Integers<std::uint32_t>("uint32", values);
    case FieldDescriptor::CPPTYPE_INT64:
      return LongIntegers("^-?[0-9]{1,19}$", direction);
    case FieldDescriptor::CPPTYPE_UINT64:
      return LongIntegers("^[0-9]{1,20}$", direction);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Reals("double");
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Reals("float");
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    default:
      break;
  }
  if (field.field->type() == FieldDescriptor::TYPE_BYTES) {
    return {{"type", "string"}, {"contentEncoding", "base64"}};
  }
  return Text(values);
}

json::object WellKnownSchema(JsonForm form) {
  switch (form) {
    case JsonForm::kTimestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case JsonForm::kDuration:
      return {{"type", "string"},
              {"pattern", "^-?[0-9]{1,12}([.][0-9]{1,9})?s$"}};
    case JsonForm::kFieldMask:
    case JsonForm::kObject:
    case JsonForm::kUnsupported:
      break;
  }
  return {{"type", "string"}};
}

json::object OrNull(json::object schema) {
  json::value* type = schema.if_contains("type");
  if (type == nullptr) {
    return {{"anyOf",
             json::array{std::move(schema), json::object{{"type", "null"}}}}};
  }
  if (*type == "null") return schema;
  if (type->is_array()) {
    type->get_array().emplace_back("null");
  } else {
    *type = json::array{*type, "null"};
  }
  return schema;
}

}  // namespace webhooks::gateway
