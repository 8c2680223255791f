#include "gateway/transcoding/expectation.h"

#include <cstdint>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;

// Uses the range of the option `values`, or else of the type.
template <typename Integer>
std::string IntegerExpectation(const FieldDescriptor* field) {
  using Limits = std::numeric_limits<Integer>;
  const v1::Values& values = field->options().GetExtension(v1::values);
  if (values.has_minimum() && !values.has_maximum()) {
    return absl::StrCat("must be an integer, at least ", values.minimum());
  }
  if (values.has_minimum()) {
    return absl::StrCat("must be an integer from ", values.minimum(), " to ",
                        values.maximum());
  }
  return absl::StrCat("must be an integer from ", Limits::min(), " to ",
                      Limits::max());
}

// Lists the names of the type, without the one that means "not specified".
std::string EnumExpectation(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    if (absl::EndsWith(name, "_UNSPECIFIED")) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  return absl::StrCat("must be one of ", names);
}

}  // namespace

std::string Expectation(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return IntegerExpectation<int32_t>(field);
    case FieldDescriptor::CPPTYPE_INT64:
      return IntegerExpectation<int64_t>(field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return IntegerExpectation<uint32_t>(field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return IntegerExpectation<uint64_t>(field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "must be a number of double precision";
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "must be a number of single precision";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "must be true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumExpectation(*field->enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES
                 ? "must be a string of base64"
                 : "must be a string";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return Expectation(PlanOf(field->message_type()));
}

std::string Expectation(const MessagePlan& plan) {
  switch (plan.form) {
    case JsonForm::kTimestamp:
      return "must be an RFC 3339 timestamp";
    case JsonForm::kDuration:
      return "must be a duration in seconds, such as \"1.5s\"";
    case JsonForm::kFieldMask:
      return "must be comma-separated field paths";
    case JsonForm::kObject:
    case JsonForm::kUnsupported:
      break;
  }
  return "must be an object";
}

}  // namespace webhooks::gateway
