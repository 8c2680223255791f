#include "server/signing/js_number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace webhooks::server {
namespace {

// A positive number as 0.d1d2...dk times 10^point, with the fewest digits that
// identify it.
struct Decimal {
  std::string digits;
  int point;
};

Decimal Shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                                 std::chars_format::scientific)
                       .ptr;
  const absl::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  Decimal decimal;
  for (const char c : text.substr(0, e)) {
    if (c != '.') decimal.digits += c;
  }
  int exponent = 0;
  // SimpleAtoi accepts a sign and leading zeros.
  if (!absl::SimpleAtoi(text.substr(e + 1), &exponent)) std::abort();
  decimal.point = exponent + 1;
  return decimal;
}

std::string WithExponent(const Decimal& decimal) {
  const int exponent = decimal.point - 1;
  std::string text = decimal.digits.substr(0, 1);
  if (decimal.digits.size() > 1) {
    absl::StrAppend(&text, ".", decimal.digits.substr(1));
  }
  return absl::StrCat(text, exponent < 0 ? "e-" : "e+", std::abs(exponent));
}

std::string Write(const Decimal& decimal) {
  constexpr int kLargestPoint = 21;
  constexpr int kSmallestPoint = -5;
  const int size = static_cast<int>(decimal.digits.size());
  const int point = decimal.point;
  if (point > kLargestPoint || point < kSmallestPoint) {
    return WithExponent(decimal);
  }
  if (point >= size) {
    return absl::StrCat(decimal.digits, std::string(point - size, '0'));
  }
  if (point > 0) {
    return absl::StrCat(decimal.digits.substr(0, point), ".",
                        decimal.digits.substr(point));
  }
  return absl::StrCat("0.", std::string(-point, '0'), decimal.digits);
}

}  // namespace

std::string JsNumber(double value) {
  if (!std::isfinite(value)) return "null";
  if (value == 0) return "0";
  return absl::StrCat(value < 0 ? "-" : "", Write(Shortest(std::abs(value))));
}

}  // namespace webhooks::server
