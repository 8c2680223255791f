#include "gateway/transcoding/field_value.h"

#include <cstdint>
#include <utility>

#include "gateway/transcoding/scalar_text.h"
#include "gateway/transcoding/well_known.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = JsonScalar::Kind;

bool IsText(const JsonScalar& scalar) {
  return scalar.kind == Kind::kString || scalar.kind == Kind::kText;
}

bool Read(const JsonScalar& scalar, bool& value) {
  const bool is_text = scalar.kind == Kind::kText;
  value = scalar.kind == Kind::kTrue || (is_text && scalar.text == "true");
  return value || scalar.kind == Kind::kFalse ||
         (is_text && scalar.text == "false");
}

bool Read(const JsonScalar& scalar, double& value) {
  if (IsText(scalar) && ReadRealName(scalar.text, value)) return true;
  return (scalar.kind == Kind::kNumber || IsText(scalar)) &&
         ReadReal(scalar.text, value);
}

// Does not parse a double, which would round twice.
bool Read(const JsonScalar& scalar, float& value) {
  double named;
  if (IsText(scalar) && ReadRealName(scalar.text, named)) {
    value = static_cast<float>(named);
    return true;
  }
  return (scalar.kind == Kind::kNumber || IsText(scalar)) &&
         ReadReal(scalar.text, value);
}

template <typename Integer>
bool Read(const JsonScalar& scalar, Integer& value) {
  return (scalar.kind == Kind::kNumber || IsText(scalar)) &&
         ReadInteger(scalar.text, value);
}

template <typename T>
using Setter = void (Reflection::*)(Message*, const FieldDescriptor*, T) const;

template <typename T>
bool Put(Message& message, const FieldDescriptor* field,
         const JsonScalar& scalar, Setter<T> set, Setter<T> add) {
  T value;
  if (!Read(scalar, value)) return false;
  const Reflection* reflection = message.GetReflection();
  (reflection->*(field->is_repeated() ? add : set))(&message, field, value);
  return true;
}

bool PutString(Message& message, const FieldDescriptor* field,
               const JsonScalar& scalar) {
  if (!IsText(scalar)) return false;
  std::string value;
  if (field->type() != FieldDescriptor::TYPE_BYTES) {
    value = std::string(scalar.text);
  } else if (!ReadBase64(scalar.text, value)) {
    return false;
  }
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) {
    reflection->AddString(&message, field, std::move(value));
  } else {
    reflection->SetString(&message, field, std::move(value));
  }
  return true;
}

// Accepts a name, or a number: any number for an open enum, by the JSON
// mapping.
bool ReadEnum(const FieldDescriptor* field, const JsonScalar& scalar,
              int& value) {
  if (IsText(scalar)) {
    const EnumValueDescriptor* named =
        field->enum_type()->FindValueByName(std::string(scalar.text));
    if (named != nullptr) {
      value = named->number();
      return true;
    }
    if (scalar.kind == Kind::kString) return false;
  } else if (scalar.kind != Kind::kNumber) {
    return false;
  }
  const bool open = field->file()->syntax() ==
                    google::protobuf::FileDescriptor::SYNTAX_PROTO3;
  return ReadInteger(scalar.text, value) &&
         (open || field->enum_type()->FindValueByNumber(value) != nullptr);
}

bool PutEnum(Message& message, const FieldDescriptor* field,
             const JsonScalar& scalar) {
  int value = 0;
  if (!ReadEnum(field, scalar, value)) return false;
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) {
    reflection->AddEnumValue(&message, field, value);
  } else {
    reflection->SetEnumValue(&message, field, value);
  }
  return true;
}

template <typename T>
T& As(Message& message) {
  return static_cast<T&>(message);
}

}  // namespace

bool SetField(Message& message, const FieldDescriptor* field,
              const JsonScalar& scalar) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Put<int32_t>(message, field, scalar, &Reflection::SetInt32,
                          &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return Put<int64_t>(message, field, scalar, &Reflection::SetInt64,
                          &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return Put<uint32_t>(message, field, scalar, &Reflection::SetUInt32,
                           &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return Put<uint64_t>(message, field, scalar, &Reflection::SetUInt64,
                           &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Put<double>(message, field, scalar, &Reflection::SetDouble,
                         &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Put<float>(message, field, scalar, &Reflection::SetFloat,
                        &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put<bool>(message, field, scalar, &Reflection::SetBool,
                       &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(message, field, scalar);
    case FieldDescriptor::CPPTYPE_STRING:
      return PutString(message, field, scalar);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return false;
}

bool SetMessage(Message& message, const MessagePlan& plan,
                const JsonScalar& scalar) {
  switch (plan.form) {
    case JsonForm::kTimestamp:
      return IsText(scalar) &&
             ReadTimestamp(scalar.text,
                           As<google::protobuf::Timestamp>(message));
    case JsonForm::kDuration:
      return IsText(scalar) &&
             ReadDuration(scalar.text, As<google::protobuf::Duration>(message));
    case JsonForm::kFieldMask:
      return IsText(scalar) &&
             ReadFieldMask(scalar.text,
                           As<google::protobuf::FieldMask>(message));
    case JsonForm::kObject:
    case JsonForm::kUnsupported:
      break;
  }
  return false;
}

}  // namespace webhooks::gateway
