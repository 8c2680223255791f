#include "gateway/transcoding/scalar_writer.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename T>
using Getter = T (Reflection::*)(const Message&, const FieldDescriptor*) const;
template <typename T>
using ElementGetter = T (Reflection::*)(const Message&, const FieldDescriptor*,
                                        int) const;

// One field's value, or one element of it.
struct Source {
  const Message& message;
  const FieldDescriptor* field;
  int index;

  template <typename T>
  T Get(Getter<T> get, ElementGetter<T> get_element) const {
    const Reflection* reflection = message.GetReflection();
    return field->is_repeated()
               ? (reflection->*get_element)(message, field, index)
               : (reflection->*get)(message, field);
  }
};

bool AppendEnum(const Source& source, std::string& out) {
  const int number = source.Get<int>(&Reflection::GetEnumValue,
                                     &Reflection::GetRepeatedEnumValue);
  const auto* value = source.field->enum_type()->FindValueByNumber(number);
  if (value == nullptr) {
    absl::StrAppend(&out, number);
  } else {
    absl::StrAppend(&out, "\"", value->name(), "\"");
  }
  return true;
}

bool AppendString(const Source& source, std::string& out) {
  const auto& [message, field, index] = source;
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  const std::string& value =
      field->is_repeated()
          ? reflection->GetRepeatedStringReference(message, field, index,
                                                   &scratch)
          : reflection->GetStringReference(message, field, &scratch);
  if (field->type() != FieldDescriptor::TYPE_BYTES) {
    return AppendJsonString(value, out);
  }
  absl::StrAppend(&out, "\"", absl::Base64Escape(value), "\"");
  return true;
}

}  // namespace

bool AppendScalar(const Message& message, const FieldDescriptor* field,
                  int index, std::string& out) {
  const Source source{message, field, index};
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, source.Get<int32_t>(&Reflection::GetInt32,
                                                &Reflection::GetRepeatedInt32));
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      absl::StrAppend(&out,
                      source.Get<uint32_t>(&Reflection::GetUInt32,
                                           &Reflection::GetRepeatedUInt32));
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, "\"",
                      source.Get<int64_t>(&Reflection::GetInt64,
                                          &Reflection::GetRepeatedInt64),
                      "\"");
      return true;
    case FieldDescriptor::CPPTYPE_UINT64:
      absl::StrAppend(&out, "\"",
                      source.Get<uint64_t>(&Reflection::GetUInt64,
                                           &Reflection::GetRepeatedUInt64),
                      "\"");
      return true;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      AppendJsonReal(source.Get<double>(&Reflection::GetDouble,
                                        &Reflection::GetRepeatedDouble),
                     out);
      return true;
    case FieldDescriptor::CPPTYPE_FLOAT:
      AppendJsonReal(source.Get<float>(&Reflection::GetFloat,
                                       &Reflection::GetRepeatedFloat),
                     out);
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      out +=
          source.Get<bool>(&Reflection::GetBool, &Reflection::GetRepeatedBool)
              ? "true"
              : "false";
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendEnum(source, out);
    case FieldDescriptor::CPPTYPE_STRING:
      return AppendString(source, out);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return false;
}

}  // namespace webhooks::gateway
