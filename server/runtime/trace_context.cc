#include "server/runtime/trace_context.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/runtime/random_hex.h"

namespace webhooks {
namespace {

constexpr std::size_t kTraceIdSize = 32;
constexpr std::size_t kSpanIdSize = 16;
constexpr std::size_t kMaxStateBytes = 512;
constexpr std::size_t kMaxMembers = 32;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
  });
}

bool IsAllZeros(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

bool IsId(absl::string_view text) {
  return IsLowerHex(text) && !IsAllZeros(text);
}

// Parses a traceparent (section 3.2 of the specification); nullopt if it is
// malformed.
std::optional<Span> ReadTraceparent(absl::string_view text) {
  constexpr std::size_t kSize = 55;
  if (text.size() < kSize || !IsLowerHex(text.substr(0, 2)) ||
      text.substr(0, 2) == "ff" || text[2] != '-' || text[35] != '-' ||
      text[52] != '-') {
    return std::nullopt;
  }
  // Version 00 ends here; a later version may add fields after a dash.
  if (text.size() > kSize &&
      (text.substr(0, 2) == "00" || text[kSize] != '-')) {
    return std::nullopt;
  }
  const absl::string_view trace_id = text.substr(3, kTraceIdSize);
  const absl::string_view parent_id = text.substr(36, kSpanIdSize);
  const absl::string_view flags = text.substr(53, 2);
  if (!IsId(trace_id) || !IsId(parent_id) || !IsLowerHex(flags)) {
    return std::nullopt;
  }
  Span span;
  span.trace_id = std::string(trace_id);
  span.parent_id = std::string(parent_id);
  // The lowest bit of a hexadecimal digit is set if the number is odd.
  const int last =
      absl::ascii_isdigit(flags[1]) ? flags[1] - '0' : flags[1] - 'a' + 10;
  span.is_sampled = last % 2 == 1;
  return span;
}

// Section 3.3.1.3.1: a name, or tenant@system.
bool IsKey(absl::string_view key) {
  constexpr std::size_t kMaxLength = 256;
  if (key.empty() || key.size() > kMaxLength ||
      !(absl::ascii_islower(key[0]) || absl::ascii_isdigit(key[0]))) {
    return false;
  }
  return std::count(key.begin(), key.end(), '@') <= 1 &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
         });
}

// Section 3.3.1.3.2. The caller has split at '=' and ','.
bool IsValue(absl::string_view value) {
  constexpr std::size_t kMaxLength = 256;
  return !value.empty() && value.size() <= kMaxLength && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return absl::ascii_isprint(c) && c != '=' && c != ',';
         });
}

bool IsTracestate(absl::string_view text) {
  if (text.size() > kMaxStateBytes) return false;
  std::size_t members = 0;
  for (absl::string_view member : absl::StrSplit(text, ',')) {
    // Optional white space is spaces and tabs.
    while (!member.empty() && (member.front() == ' ' || member.front() == '\t'))
      member.remove_prefix(1);
    while (!member.empty() && (member.back() == ' ' || member.back() == '\t'))
      member.remove_suffix(1);
    if (member.empty()) continue;
    const std::size_t equals = member.find('=');
    if (equals == absl::string_view::npos || ++members > kMaxMembers ||
        !IsKey(member.substr(0, equals)) ||
        !IsValue(member.substr(equals + 1))) {
      return false;
    }
  }
  return members > 0;
}

}  // namespace

std::string Span::Traceparent() const {
  if (trace_id.empty()) return "";
  return absl::StrCat("00-", trace_id, "-", span_id,
                      is_sampled ? "-01" : "-00");
}

Span StartSpan(absl::string_view traceparent, absl::string_view tracestate) {
  std::optional<Span> span = ReadTraceparent(traceparent);
  if (span && IsTracestate(tracestate)) {
    span->tracestate = std::string(tracestate);
  }
  if (!span) span.emplace().trace_id = RandomHex(kTraceIdSize);
  span->span_id = RandomHex(kSpanIdSize);
  return *std::move(span);
}

}  // namespace webhooks
