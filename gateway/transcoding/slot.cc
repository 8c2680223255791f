#include "gateway/transcoding/slot.h"

#include <utility>

#include "gateway/transcoding/expectation.h"
#include "gateway/transcoding/field_value.h"

namespace webhooks::gateway {

using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

namespace {

std::string Expected(const Slot& slot) {
  return slot.field != nullptr ? Expectation(slot.field->field)
                               : Expectation(*slot.plan);
}

}  // namespace

std::string Slot::OneofViolation() const {
  if (field == nullptr) return "";
  const OneofDescriptor* oneof = field->field->real_containing_oneof();
  if (oneof == nullptr) return "";
  const FieldDescriptor* set =
      message->GetReflection()->GetOneofFieldDescriptor(*message, oneof);
  return set == nullptr || set == field->field
             ? ""
             : "must not be set beside another member of its oneof";
}

std::string Slot::ObjectViolation() const {
  if (is_list()) return "must be an array";
  const MessagePlan* type = field != nullptr ? field->message : plan;
  const bool is_object = type != nullptr && type->form == JsonForm::kObject;
  return is_object ? "" : Expected(*this);
}

std::string Slot::ArrayViolation() const {
  return is_map() ? "must be an object" : Expected(*this);
}

Slot Slot::Enter() const {
  if (field == nullptr) return *this;
  const Reflection* reflection = message->GetReflection();
  return {field->field->is_repeated()
              ? reflection->AddMessage(message, field->field)
              : reflection->MutableMessage(message, field->field),
          field->message};
}

std::string Slot::Set(const JsonScalar& scalar) const {
  if (field == nullptr) return Expected(*this);
  if (scalar.kind == JsonScalar::Kind::kNull) {
    if (!field->nullable || is_element) return "must not be null";
    if (field->null_flag != nullptr) {
      message->GetReflection()->SetBool(message, field->null_flag, true);
    }
    return "";
  }
  if (std::string violation = OneofViolation(); !violation.empty()) {
    return violation;
  }
  if (is_map()) return "must be an object";
  if (is_list()) return "must be an array";
  if (field->message == nullptr) {
    return SetField(*message, field->field, scalar) ? "" : Expected(*this);
  }
  const Slot inner = Enter();
  return SetMessage(*inner.message, *inner.plan, scalar) ? "" : Expected(*this);
}

void Slot::SetRaw(std::string text) const {
  message->GetReflection()->SetString(message, field->field, std::move(text));
}

}  // namespace webhooks::gateway
