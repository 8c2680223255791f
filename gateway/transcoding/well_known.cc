#include "gateway/transcoding/well_known.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

constexpr int64_t kMinTimestamp = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxTimestamp = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDuration = 315576000000;
constexpr int32_t kNanosPerSecond = 1'000'000'000;

// Removes exactly `count` digits from the front of `text`.
bool TakeNumber(absl::string_view& text, size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (const char c : text.substr(0, count)) {
    if (!absl::ascii_isdigit(c)) return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return true;
}

// Removes a '.' and 1 to 9 digits from the front, if there is a '.'.
bool TakeNanos(absl::string_view& text, int32_t& nanos) {
  nanos = 0;
  if (!absl::ConsumePrefix(&text, ".")) return true;
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  if (digits > 9 || !TakeNumber(text, digits, nanos)) return false;
  for (size_t i = digits; i < 9; ++i) nanos *= 10;
  return digits > 0;
}

bool TakeDate(absl::string_view& text, int64_t& seconds) {
  int year, month, day;
  if (!TakeNumber(text, 4, year) || !absl::ConsumePrefix(&text, "-") ||
      !TakeNumber(text, 2, month) || !absl::ConsumePrefix(&text, "-") ||
      !TakeNumber(text, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  seconds = std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch())
                .count();
  return true;
}

// Removes hh:mm from the front.
bool TakeHourMinute(absl::string_view& text, int64_t& seconds) {
  int hour, minute;
  if (!TakeNumber(text, 2, hour) || !absl::ConsumePrefix(&text, ":") ||
      !TakeNumber(text, 2, minute) || hour > 23 || minute > 59) {
    return false;
  }
  seconds = hour * 3600 + minute * 60;
  return true;
}

bool TakeOffset(absl::string_view& text, int64_t& seconds) {
  seconds = 0;
  if (absl::ConsumePrefix(&text, "Z")) return true;
  const bool west = absl::ConsumePrefix(&text, "-");
  if (!west && !absl::ConsumePrefix(&text, "+")) return false;
  if (!TakeHourMinute(text, seconds)) return false;
  if (west) seconds = -seconds;
  return true;
}

// Appends `value` in exactly `width` digits.
void AppendPadded(unsigned value, int width, std::string& out) {
  const size_t end = out.size() + static_cast<size_t>(width);
  out.resize(end);
  for (size_t i = end; width-- > 0; value /= 10) {
    out[--i] = static_cast<char>('0' + value % 10);
  }
}

// Appends '.' and 3, 6 or 9 digits, or nothing.
void AppendNanos(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  int width = 9;
  for (; nanos % 1000 == 0; nanos /= 1000) width -= 3;
  out += '.';
  AppendPadded(static_cast<unsigned>(nanos), width, out);
}

bool IsPathOfNames(absl::string_view path) {
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (name.empty() || absl::ascii_isdigit(name[0])) return false;
    for (const char c : name) {
      if (!absl::ascii_isalnum(c) && c != '_') return false;
    }
  }
  return true;
}

std::string SnakeCase(absl::string_view camel) {
  std::string snake;
  for (const char c : camel) {
    if (absl::ascii_isupper(c)) snake += '_';
    snake += absl::ascii_tolower(c);
  }
  return snake;
}

// Returns false if the name has no camelCase that parses to it.
bool AppendCamelCase(absl::string_view snake, std::string& out) {
  for (size_t i = 0; i < snake.size(); ++i) {
    if (absl::ascii_isupper(snake[i])) return false;
    if (snake[i] != '_') {
      out += snake[i];
      continue;
    }
    if (++i == snake.size() || !absl::ascii_islower(snake[i])) return false;
    out += absl::ascii_toupper(snake[i]);
  }
  return true;
}

}  // namespace

bool ReadTimestamp(absl::string_view text, google::protobuf::Timestamp& value) {
  int64_t date, time, offset;
  int second;
  int32_t nanos;
  if (!TakeDate(text, date) || !absl::ConsumePrefix(&text, "T") ||
      !TakeHourMinute(text, time) || !absl::ConsumePrefix(&text, ":") ||
      !TakeNumber(text, 2, second) || second > 59 || !TakeNanos(text, nanos) ||
      !TakeOffset(text, offset) || !text.empty()) {
    return false;
  }
  const int64_t seconds = date + time + second - offset;
  value.set_seconds(seconds);
  value.set_nanos(nanos);
  return seconds >= kMinTimestamp && seconds <= kMaxTimestamp;
}

bool AppendTimestamp(const google::protobuf::Timestamp& value,
                     std::string& out) {
  if (value.seconds() < kMinTimestamp || value.seconds() > kMaxTimestamp ||
      value.nanos() < 0 || value.nanos() >= kNanosPerSecond) {
    return false;
  }
  const std::chrono::sys_seconds time{std::chrono::seconds(value.seconds())};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  AppendPadded(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
  out += '-';
  AppendPadded(static_cast<unsigned>(date.month()), 2, out);
  out += '-';
  AppendPadded(static_cast<unsigned>(date.day()), 2, out);
  out += 'T';
  AppendPadded(static_cast<unsigned>(clock.hours().count()), 2, out);
  out += ':';
  AppendPadded(static_cast<unsigned>(clock.minutes().count()), 2, out);
  out += ':';
  AppendPadded(static_cast<unsigned>(clock.seconds().count()), 2, out);
  AppendNanos(value.nanos(), out);
  out += 'Z';
  return true;
}

bool ReadDuration(absl::string_view text, google::protobuf::Duration& value) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  const size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == absl::string_view::npos || digits > 12) {
    return false;
  }
  int64_t seconds = 0;
  for (const char c : text.substr(0, digits)) seconds = seconds * 10 + c - '0';
  text.remove_prefix(digits);
  int32_t nanos;
  if (!TakeNanos(text, nanos) || text != "s") return false;
  value.set_seconds(negative ? -seconds : seconds);
  value.set_nanos(negative ? -nanos : nanos);
  return seconds < kMaxDuration || (seconds == kMaxDuration && nanos == 0);
}

bool AppendDuration(const google::protobuf::Duration& value, std::string& out) {
  const int64_t seconds = value.seconds();
  const int32_t nanos = value.nanos();
  if (seconds < -kMaxDuration || seconds > kMaxDuration ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond ||
      (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return false;
  }
  if (seconds < 0 || nanos < 0) out += '-';
  absl::StrAppend(&out, seconds < 0 ? -seconds : seconds);
  AppendNanos(nanos < 0 ? -nanos : nanos, out);
  out += 's';
  return true;
}

bool ReadFieldMask(absl::string_view text, google::protobuf::FieldMask& value) {
  if (text.empty()) return true;
  for (const absl::string_view path : absl::StrSplit(text, ',')) {
    if (!IsPathOfNames(path)) return false;
    value.add_paths(SnakeCase(path));
  }
  return true;
}

bool AppendFieldMask(const google::protobuf::FieldMask& value,
                     std::string& out) {
  for (int i = 0; i < value.paths_size(); ++i) {
    if (i > 0) out += ',';
    if (!IsPathOfNames(value.paths(i)) ||
        !AppendCamelCase(value.paths(i), out)) {
      return false;
    }
  }
  return true;
}

}  // namespace webhooks::gateway
