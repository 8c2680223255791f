#include "gateway/transcoding/json_writer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/any_type.h"
#include "gateway/transcoding/json_parser.h"
#include "gateway/transcoding/scalar_writer.h"
#include "gateway/transcoding/well_known.h"
#include "google/protobuf/struct.pb.h"
#include "proto/json/json_text.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

// No parsed message has as many levels, but one Any may pack another, and each
// is parsed by itself.
constexpr int kMaxWrittenLevels = 200;

bool IsEmptyList(const Message& message, const FieldDescriptor* field) {
  return field->is_repeated() &&
         message.GetReflection()->FieldSize(message, field) == 0;
}

bool IsUnset(const Message& message, const FieldDescriptor* field) {
  return field->has_presence() &&
         !message.GetReflection()->HasField(message, field);
}

}  // namespace

bool JsonWriter::WriteMessage(const Message& message, const MessagePlan& plan) {
  if (depth_ == kMaxWrittenLevels) return false;
  ++depth_;
  const bool is_written = WriteForm(message, plan);
  --depth_;
  return is_written;
}

bool JsonWriter::WriteForm(const Message& message, const MessagePlan& plan) {
  switch (plan.form) {
    case JsonForm::kObject:
      out_ += '{';
      if (!WriteMembers(message, plan)) return false;
      out_ += '}';
      return true;
    case JsonForm::kTimestamp:
      return WriteQuoted(message, &AppendTimestamp);
    case JsonForm::kDuration:
      return WriteQuoted(message, &AppendDuration);
    case JsonForm::kFieldMask:
      return WriteQuoted(message, &AppendFieldMask);
    case JsonForm::kWrapper:
      return AppendScalar(message, plan.fields[0].field, 0, out_);
    case JsonForm::kStruct:
      return WriteStruct(message);
    case JsonForm::kValue:
      return WriteValue(message);
    case JsonForm::kListValue:
      return WriteListValue(message);
    case JsonForm::kAny:
      return WriteAny(message);
  }
  return false;
}

// Writes the members between the braces, after those that WriteAny has written.
bool JsonWriter::WriteMembers(const Message& message, const MessagePlan& plan) {
  for (const FieldPlan& field : plan.fields) {
    if (field.hidden) continue;
    if (!field.nullable && (IsUnset(message, field.field) ||
                            (empty_lists_ == EmptyLists::kLeaveOut &&
                             IsEmptyList(message, field.field)))) {
      continue;
    }
    if (out_.back() != '{') out_ += ',';
    out_ += field.quoted_key;
    if (!WriteField(message, field)) return false;
  }
  return true;
}

bool JsonWriter::WriteField(const Message& message, const FieldPlan& field) {
  if (IsUnset(message, field.field) ||
      (field.nullable && IsEmptyList(message, field.field))) {
    out_ += "null";
    return true;
  }
  if (field.field->is_map()) return WriteMap(message, field);
  if (field.field->is_repeated()) return WriteList(message, field);
  return WriteSingular(message, field);
}

bool JsonWriter::WriteSingular(const Message& message, const FieldPlan& field) {
  if (field.raw_json) return WriteRaw(message, field);
  if (field.message == nullptr) {
    return AppendScalar(message, field.field, 0, out_);
  }
  return WriteMessage(message.GetReflection()->GetMessage(message, field.field),
                      *field.message);
}

bool JsonWriter::WriteRaw(const Message& message, const FieldPlan& field) {
  std::string scratch;
  const std::string& text = message.GetReflection()->GetStringReference(
      message, field.field, &scratch);
  if (!IsJson(text)) return false;
  out_ += text;
  return true;
}

bool JsonWriter::WriteList(const Message& message, const FieldPlan& field) {
  const auto* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field.field);
  out_ += '[';
  for (int i = 0; i < size; ++i) {
    if (i > 0) out_ += ',';
    const bool is_written = field.message == nullptr
                                ? AppendScalar(message, field.field, i, out_)
                                : WriteMessage(reflection->GetRepeatedMessage(
                                                   message, field.field, i),
                                               *field.message);
    if (!is_written) return false;
  }
  out_ += ']';
  return true;
}

// In the order of the keys' text, so that the same map is always the same JSON.
bool JsonWriter::WriteMap(const Message& message, const FieldPlan& field) {
  const auto* reflection = message.GetReflection();
  const FieldDescriptor* key = field.message->fields[0].field;
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < reflection->FieldSize(message, field.field); ++i) {
    const Message& entry =
        reflection->GetRepeatedMessage(message, field.field, i);
    std::string text;
    if (!AppendScalar(entry, key, 0, text)) return false;
    if (!absl::StartsWith(text, "\"")) text = absl::StrCat("\"", text, "\"");
    entries.emplace_back(std::move(text), &entry);
  }
  std::sort(entries.begin(), entries.end());
  out_ += '{';
  for (const auto& [text, entry] : entries) {
    if (out_.back() != '{') out_ += ',';
    absl::StrAppend(&out_, text, ":");
    if (!WriteSingular(*entry, field.message->fields[1])) return false;
  }
  out_ += '}';
  return true;
}

bool JsonWriter::WriteStruct(const Message& message) {
  const auto& fields = static_cast<const Struct&>(message).fields();
  using Entry = std::remove_reference_t<decltype(*fields.begin())>;
  std::vector<Entry*> entries;
  entries.reserve(fields.size());
  for (const auto& entry : fields) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  const MessagePlan& plan = PlanOf(Value::descriptor());
  out_ += '{';
  for (const Entry* entry : entries) {
    if (entry != entries.front()) out_ += ',';
    if (!AppendJsonString(entry->first, out_)) return false;
    out_ += ':';
    if (!WriteMessage(entry->second, plan)) return false;
  }
  out_ += '}';
  return true;
}

bool JsonWriter::WriteListValue(const Message& message) {
  const MessagePlan& plan = PlanOf(ListValue::descriptor());
  return WriteList(message, plan.fields[0]);
}

// A Value of no kind, and a number that is not finite, have no JSON.
bool JsonWriter::WriteValue(const Message& message) {
  const auto& value = static_cast<const Value&>(message);
  switch (value.kind_case()) {
    case Value::kNullValue:
      out_ += "null";
      return true;
    case Value::kBoolValue:
      out_ += value.bool_value() ? "true" : "false";
      return true;
    case Value::kNumberValue:
      AppendJsonReal(value.number_value(), out_);
      return std::isfinite(value.number_value());
    case Value::kStringValue:
      return AppendJsonString(value.string_value(), out_);
    case Value::kStructValue:
      return WriteStruct(value.struct_value());
    case Value::kListValue:
      return WriteListValue(value.list_value());
    case Value::KIND_NOT_SET:
      break;
  }
  return false;
}

bool JsonWriter::WriteAny(const Message& message) {
  const auto& any = static_cast<const Any&>(message);
  if (any.type_url().empty() && any.value().empty()) {
    out_ += "{}";
    return true;
  }
  const std::unique_ptr<Message> payload = Unpack(any);
  if (payload == nullptr) return false;
  const MessagePlan& plan = PlanOf(payload->GetDescriptor());
  out_ += "{\"@type\":";
  if (!AppendJsonString(any.type_url(), out_)) return false;
  if (plan.form == JsonForm::kObject) {
    if (!WriteMembers(*payload, plan)) return false;
  } else {
    out_ += ",\"value\":";
    if (!WriteMessage(*payload, plan)) return false;
  }
  out_ += '}';
  return true;
}

template <typename T>
bool JsonWriter::WriteQuoted(const Message& message,
                             bool (*append)(const T&, std::string&)) {
  out_ += '"';
  if (!append(static_cast<const T&>(message), out_)) return false;
  out_ += '"';
  return true;
}

}  // namespace webhooks::gateway
