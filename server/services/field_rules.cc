#include "server/services/field_rules.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "storage/changes.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxEventType = 256;
constexpr std::size_t kMaxRequestId = 255;
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

// Unicode's control characters (category Cc) in UTF-8: C0, DEL and C1.
bool HasControlCharacter(absl::string_view text, LineBreaks line_breaks) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (line_breaks == LineBreaks::kAllowed &&
        (byte == '\n' || byte == '\r' || byte == '\t')) {
      continue;
    }
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() &&
        static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

std::size_t CountCharacters(absl::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool IsSegment(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_';
  });
}

bool IsSet(const google::protobuf::Message& message, absl::string_view name) {
  const auto* field =
      message.GetDescriptor()->FindFieldByName(std::string(name));
  const auto* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0
                              : reflection->HasField(message, field);
}

bool Holds(std::initializer_list<absl::string_view> names,
           absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void CheckText(absl::string_view field, absl::string_view text, std::size_t min,
               std::size_t max, LineBreaks line_breaks,
               google::rpc::BadRequest& violations) {
  const std::size_t size = CountCharacters(text);
  if (size < min) AddViolation(violations, field, "must not be empty");
  if (size > max) {
    AddViolation(violations, field,
                 absl::StrCat("must hold at most ", max, " characters"));
  }
  if (HasControlCharacter(text, line_breaks)) {
    AddViolation(violations, field,
                 line_breaks == LineBreaks::kForbidden
                     ? "must not hold control characters"
                     : "must not hold control characters other than tabs and "
                       "line breaks");
  }
}

void CheckRequestId(absl::string_view request_id,
                    google::rpc::BadRequest& violations) {
  if (request_id.size() > kMaxRequestId ||
      !std::all_of(request_id.begin(), request_id.end(),
                   [](char c) { return absl::ascii_isprint(c); })) {
    AddViolation(violations, "request_id",
                 "must hold at most 255 printable ASCII characters");
  }
}

void CheckEtagCondition(absl::string_view etag,
                        google::rpc::BadRequest& violations) {
  if (!etag.empty() && !IsEtagCondition(etag)) {
    AddViolation(violations, "etag",
                 "must be * or quoted entity-tags, separated by commas");
  } else if (IsWeakCondition(etag)) {
    AddViolation(
        violations, "etag",
        "is weak (W/\"...\"), and a weak etag never matches: send it as "
        "received, without W/");
  }
}

bool IsTimestamp(const google::protobuf::Timestamp& time) {
  constexpr std::int64_t kFirst = -62'135'596'800;
  constexpr std::int64_t kLast = 253'402'300'799;
  return time.seconds() >= kFirst && time.seconds() <= kLast &&
         time.nanos() >= 0 && time.nanos() < kNanosPerSecond;
}

bool IsBetween(const google::protobuf::Duration& duration, absl::Duration min,
               absl::Duration max) {
  constexpr std::int64_t kMaxSeconds = 315'576'000'000;
  const std::int64_t seconds = duration.seconds();
  const std::int32_t nanos = duration.nanos();
  if (seconds < -kMaxSeconds || seconds > kMaxSeconds ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond ||
      (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return false;
  }
  const absl::Duration value = FromProtoDuration(duration);
  return value >= min && value <= max;
}

bool IsEventType(absl::string_view text) {
  if (text.size() > kMaxEventType) return false;
  for (const absl::string_view segment : absl::StrSplit(text, '.')) {
    if (!IsSegment(segment)) return false;
  }
  return true;
}

google::protobuf::FieldMask MaskOf(
    const google::protobuf::Message& change,
    const google::protobuf::FieldMask& mask,
    std::initializer_list<absl::string_view> allowed) {
  google::protobuf::FieldMask named;
  for (const absl::string_view field : allowed) {
    const bool is_named = mask.paths().empty()
                              ? IsSet(change, field)
                              : HasPath(mask, field) || HasPath(mask, "*");
    if (is_named) named.add_paths(std::string(field));
  }
  return named;
}

void CheckMask(const google::protobuf::FieldMask& mask,
               std::initializer_list<absl::string_view> allowed,
               google::rpc::BadRequest& violations) {
  for (const std::string& path : mask.paths()) {
    if (path == "*" || Holds(allowed, path)) continue;
    AddViolation(violations, "update_mask",
                 absl::StrCat("must name only ", absl::StrJoin(allowed, ", "),
                              ", or *"));
    return;
  }
}

absl::Status ViolationsStatus(const google::rpc::BadRequest& violations) {
  constexpr std::pair<absl::string_view, absl::string_view> kReasons[] = {
      {"url", "INVALID_URL"},
      {"description", "INVALID_DESCRIPTION"},
      {"scope", "INVALID_SCOPE"},
      {"overlap", "INVALID_OVERLAP"},
      {"delivery", "INVALID_DELIVERY_SETTINGS"},
      {"type", "INVALID_EVENT_TYPE"},
      {"data", "INVALID_DATA"},
      {"id_event", "INVALID_EVENT_ID"},
      {"deliver_at", "INVALID_DELIVER_AT"},
      {"request_id", "INVALID_REQUEST_ID"},
      {"page_token", "INVALID_PAGE_TOKEN"},
      {"update_mask", "INVALID_UPDATE_MASK"}};
  const auto& list = violations.field_violations();
  if (list.empty()) return absl::OkStatus();
  for (const auto& [field, reason] : kReasons) {
    const bool is_of_field = std::all_of(
        list.begin(), list.end(), [name = field](const auto& violation) {
          // "scope[3]" belongs to scope, "delivery.headers" to delivery.
          const std::vector<absl::string_view> parts =
              absl::StrSplit(violation.field(), absl::ByAnyChar("[."));
          return parts[0] == name;
        });
    if (is_of_field) return InvalidFields(violations, reason);
  }
  return InvalidFields(violations, "INVALID_REQUEST");
}

}  // namespace webhooks::server
