#include "proto/json/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "proto/json/utf8.h"

namespace webhooks {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// The character behind the backslash of each byte's escape; 'u' means \u00XX, 0
// no escape.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (int c = 0; c < 0x20; ++c) escapes[c] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}();

template <typename Real>
void AppendReal(Real value, std::string& out) {
  if (!std::isfinite(value)) {
    absl::StrAppend(&out, std::isnan(value) ? "\"NaN\""
                          : value > 0       ? "\"Infinity\""
                                            : "\"-Infinity\"");
    return;
  }
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, result.ptr);
}

}  // namespace

bool AppendJsonString(absl::string_view text, std::string& out) {
  if (!IsValidUtf8(text)) return false;
  out += '"';
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text.data() + copied, i - copied);
    copied = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out += "00";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
  out.append(text.data() + copied, text.size() - copied);
  out += '"';
  return true;
}

void AppendJsonReal(double value, std::string& out) { AppendReal(value, out); }
void AppendJsonReal(float value, std::string& out) { AppendReal(value, out); }

}  // namespace webhooks
