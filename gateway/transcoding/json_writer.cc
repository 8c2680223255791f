#include "gateway/transcoding/json_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/scalar_writer.h"
#include "gateway/transcoding/well_known.h"
#include "proto/json/json_depth.h"
#include "proto/json/json_parser.h"
#include "proto/json/json_text.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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
    case JsonForm::kUnsupported:
      break;
  }
  return false;
}

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
  if (!IsJson(text, kMaxJsonDepth)) return false;
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

// Sorted by the text of the keys, so that equal maps have the same JSON.
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

template <typename T>
bool JsonWriter::WriteQuoted(const Message& message,
                             bool (*append)(const T&, std::string&)) {
  out_ += '"';
  if (!append(static_cast<const T&>(message), out_)) return false;
  out_ += '"';
  return true;
}

}  // namespace webhooks::gateway
