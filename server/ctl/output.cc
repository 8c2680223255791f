#include "server/ctl/output.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "proto/time.h"
#include "server/ctl/client.h"
#include "webhooks/v1/options.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::ctl {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string TimeText(const Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", FromTimestamp(time),
                          absl::UTCTimeZone());
}

// Returns times and durations in their own forms, other messages as JSON.
std::string MessageText(const Message& message) {
  if (message.GetDescriptor() == Timestamp::descriptor()) {
    return TimeText(static_cast<const Timestamp&>(message));
  }
  std::string json = Json(message);
  if (message.GetDescriptor() == Duration::descriptor()) {
    return std::string(absl::StripPrefix(absl::StripSuffix(json, "\""), "\""));
  }
  return Printable(json);
}

std::string ScalarText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_STRING:
      return Printable(reflection->GetString(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->GetEnum(message, field)->name();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(reflection->GetMessage(message, field));
    default:
      return "?";
  }
}

// Returns the fields of a message in a list that are set: "number=1
// status=200".
std::string ItemText(const Message& item) {
  std::string text;
  for (int i = 0; i < item.GetDescriptor()->field_count(); ++i) {
    const std::string& name = item.GetDescriptor()->field(i)->name();
    const std::string value = FieldText(item, name);
    if (value == "-") continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", name, "=");
    const bool is_word = value.find(' ') == value.npos;
    absl::StrAppend(&text, is_word ? value : absl::StrCat("'", value, "'"));
  }
  return text;
}

// Returns true if the values of the field are messages with several fields.
bool HasRecords(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type() != Timestamp::descriptor() &&
         field->message_type() != Duration::descriptor();
}

std::string ListText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field);
  std::vector<std::string> parts;
  parts.reserve(size);
  for (int i = 0; i < size; ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      parts.push_back(
          Printable(reflection->GetRepeatedString(message, field, i)));
      continue;
    }
    const Message& item = reflection->GetRepeatedMessage(message, field, i);
    parts.push_back(HasRecords(field) ? ItemText(item) : MessageText(item));
  }
  return absl::StrJoin(parts, HasRecords(field) ? "\n" : ",");
}

// Pairs of a placeholder in a printed message and the raw JSON that replaces
// it.
using Substitutes = std::vector<std::pair<std::string, std::string>>;

// Sets every raw_json field to a placeholder.
void TakeRawJson(const std::string& mark, Message& message,
                 Substitutes& taken) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->options().GetExtension(v1::raw_json)) {
      const std::string name = absl::StrCat(mark, taken.size());
      taken.emplace_back(absl::StrCat("\"", name, "\""),
                         reflection->GetString(message, field));
      reflection->SetString(&message, field, name);
    } else if (field->is_repeated() && !field->is_map() &&
               field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        TakeRawJson(mark,
                    *reflection->MutableRepeatedMessage(&message, field, i),
                    taken);
      }
    } else if (!field->is_repeated() &&
               field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      TakeRawJson(mark, *reflection->MutableMessage(&message, field), taken);
    }
  }
}

using Rows = std::vector<std::vector<std::string>>;

void AppendDetails(const std::string& prefix, const Message& message,
                   absl::string_view except, Rows& lines) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->name() == except) continue;
    std::string label = prefix + field->name();
    if (HasRecords(field) && !field->is_repeated() &&
        reflection->HasField(message, field)) {
      AppendDetails(label + ".", reflection->GetMessage(message, field), except,
                    lines);
      continue;
    }
    for (const absl::string_view line :
         absl::StrSplit(FieldText(message, field->name()), '\n')) {
      lines.push_back({std::exchange(label, ""), std::string(line)});
    }
  }
}

// Returns the text of a field without a value.
std::string EmptyText(const FieldDescriptor* field) {
  // A webhook without a scope listens to every type.
  return field == v1::Webhook::descriptor()->FindFieldByName("scope") ? "all"
                                                                      : "-";
}

// Counts the characters of UTF-8: all bytes but continuations.
std::size_t CharactersOf(absl::string_view text) {
  return static_cast<std::size_t>(
      absl::c_count_if(text, [](char c) { return !IsContinuation(c); }));
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xc2 && i + 1 < text.size() &&
                       static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (is_c1 || absl::ascii_iscntrl(byte)) {
      const auto code = is_c1 ? static_cast<unsigned char>(text[++i]) : byte;
      absl::StrAppend(&out, "\\x", absl::Hex(code, absl::kZeroPad2));
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Columns(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CharactersOf(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      absl::StrAppend(&out, row[i],
                      std::string(widths[i] + 2 - CharactersOf(row[i]), ' '));
    }
    absl::StrAppend(&out, row.back(), "\n");
  }
  return out;
}

std::string Cut(absl::string_view text, std::size_t width) {
  std::string safe = Printable(text);
  if (CharactersOf(safe) <= width) return safe;
  std::size_t end = 0;
  for (std::size_t left = width; end < safe.size(); ++end) {
    if (!IsContinuation(safe[end]) && left-- == 1) break;
  }
  return absl::StrCat(safe.substr(0, end), "…");
}

std::string FieldText(const Message& message, absl::string_view name) {
  const auto* field =
      message.GetDescriptor()->FindFieldByName(std::string(name));
  const auto* reflection = message.GetReflection();
  std::string text;
  if (field->is_repeated()) {
    text = ListText(message, field);
  } else if (!field->has_presence() || reflection->HasField(message, field)) {
    text = ScalarText(message, field);
  }
  return text.empty() ? EmptyText(field) : text;
}

std::string Table(const std::vector<const Message*>& rows,
                  std::initializer_list<absl::string_view> fields) {
  Rows lines(1);
  for (const absl::string_view field : fields) {
    lines[0].push_back(absl::AsciiStrToUpper(field));
  }
  for (const Message* row : rows) {
    auto& line = lines.emplace_back();
    for (const absl::string_view field : fields) {
      line.push_back(FieldText(*row, field));
    }
  }
  return Columns(lines);
}

std::string Details(const Message& message, absl::string_view except) {
  Rows lines;
  AppendDetails("", message, except, lines);
  return Columns(lines);
}

std::string Json(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  // Random, so that no other text contains it.
  static const std::string& mark = *new std::string(NewRequestId() + ":");
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  Substitutes taken;
  TakeRawJson(mark, *copy, taken);
  std::string json;
  const auto written =
      google::protobuf::util::MessageToJsonString(*copy, &json, options);
  // Fails only for a time out of range.
  if (!written.ok()) return "null";
  return absl::StrReplaceAll(json, taken);
}

}  // namespace webhooks::ctl
