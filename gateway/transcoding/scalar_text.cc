#include "gateway/transcoding/scalar_text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

// The parts of a number in JSON's grammar.
struct Decimal {
  bool negative;
  absl::string_view whole;
  absl::string_view fraction;
  // Clamped to a limit if the number does not fit.
  int64_t exponent = 0;
};

absl::string_view TakeDigits(absl::string_view& text) {
  size_t length = 0;
  while (length < text.size() && absl::ascii_isdigit(text[length])) ++length;
  const absl::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool TakeExponent(absl::string_view& text, int64_t& exponent) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const absl::string_view digits = TakeDigits(text);
  if (digits.empty()) return false;
  const auto result =
      std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  // Far beyond the length of a number, and too small for an overflow.
  constexpr int64_t kLimit = std::numeric_limits<int64_t>::max() / 4;
  if (result.ec != std::errc() || exponent > kLimit) exponent = kLimit;
  if (negative) exponent = -exponent;
  return true;
}

std::optional<Decimal> ParseDecimal(absl::string_view text) {
  Decimal decimal;
  decimal.negative = absl::ConsumePrefix(&text, "-");
  decimal.whole = TakeDigits(text);
  if (decimal.whole.empty()) return std::nullopt;
  if (decimal.whole.size() > 1 && decimal.whole[0] == '0') return std::nullopt;
  if (absl::ConsumePrefix(&text, ".")) {
    decimal.fraction = TakeDigits(text);
    if (decimal.fraction.empty()) return std::nullopt;
  }
  if ((absl::ConsumePrefix(&text, "e") || absl::ConsumePrefix(&text, "E")) &&
      !TakeExponent(text, decimal.exponent)) {
    return std::nullopt;
  }
  return text.empty() ? std::make_optional(decimal) : std::nullopt;
}

// Returns the magnitude of `decimal` if it is an integer of at most 64 bits.
std::optional<uint64_t> Magnitude(const Decimal& decimal) {
  std::string digits = absl::StrCat(decimal.whole, decimal.fraction);
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return 0;
  int64_t zeros =
      decimal.exponent - static_cast<int64_t>(decimal.fraction.size());
  const size_t significant = digits.find_last_not_of('0') + 1;
  zeros += static_cast<int64_t>(digits.size() - significant);
  digits.resize(significant);
  constexpr int64_t kMaxDigits = std::numeric_limits<uint64_t>::digits10 + 1;
  if (zeros < 0 || zeros > kMaxDigits) return std::nullopt;
  digits.append(static_cast<size_t>(zeros), '0');
  uint64_t value;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, value);
  if (result.ec != std::errc()) return std::nullopt;
  return value;
}

template <typename Integer>
bool ReadAnyInteger(absl::string_view text, Integer& value) {
  const auto decimal = ParseDecimal(text);
  if (!decimal) return false;
  if (decimal->fraction.empty() && decimal->exponent == 0) {
    // from_chars refuses a '-' for unsigned types, even in "-0".
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec == std::errc() && result.ptr == end) return true;
  }
  const auto magnitude = Magnitude(*decimal);
  if (!magnitude) return false;
  using Limits = std::numeric_limits<Integer>;
  const auto max = static_cast<uint64_t>(Limits::max());
  if (!decimal->negative) {
    value = static_cast<Integer>(*magnitude);
    return *magnitude <= max;
  }
  value = static_cast<Integer>(-*magnitude);
  return *magnitude <= (Limits::is_signed ? max + 1 : 0);
}

template <typename Real>
bool ReadAnyReal(absl::string_view text, Real& value) {
  if (!ParseDecimal(text)) return false;
  const auto result =
      absl::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() || std::abs(value) < 1;
}

}  // namespace

bool ReadInteger(absl::string_view text, int32_t& value) {
  return ReadAnyInteger(text, value);
}
bool ReadInteger(absl::string_view text, int64_t& value) {
  return ReadAnyInteger(text, value);
}
bool ReadInteger(absl::string_view text, uint32_t& value) {
  return ReadAnyInteger(text, value);
}
bool ReadInteger(absl::string_view text, uint64_t& value) {
  return ReadAnyInteger(text, value);
}

bool ReadReal(absl::string_view text, float& value) {
  return ReadAnyReal(text, value);
}
bool ReadReal(absl::string_view text, double& value) {
  return ReadAnyReal(text, value);
}

bool ReadRealName(absl::string_view text, double& value) {
  using Limits = std::numeric_limits<double>;
  const bool negative = absl::ConsumePrefix(&text, "-");
  value = negative ? -Limits::infinity() : Limits::infinity();
  if (text == "NaN" && !negative) value = Limits::quiet_NaN();
  return text == "Infinity" || (text == "NaN" && !negative);
}

bool ReadBase64(absl::string_view text, std::string& bytes) {
  // Abseil skips white space, and accepts '.' for '='.
  const auto is_ignored = [](char c) {
    return absl::ascii_isspace(c) || c == '.';
  };
  return absl::c_none_of(text, is_ignored) &&
         (absl::Base64Unescape(text, &bytes) ||
          absl::WebSafeBase64Unescape(text, &bytes));
}

}  // namespace webhooks::gateway
