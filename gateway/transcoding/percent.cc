#include "gateway/transcoding/percent.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace webhooks::gateway {
namespace {

int HexDigit(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  return absl::ascii_tolower(c) - 'a' + 10;
}

}  // namespace

bool AppendPercentDecoded(absl::string_view text, PercentRule rule,
                          std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' && rule == PercentRule::kQuery ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3 || !absl::ascii_isxdigit(text[i + 1]) ||
        !absl::ascii_isxdigit(text[i + 2])) {
      return false;
    }
    const char decoded =
        static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
    if (decoded == '/' && rule == PercentRule::kAllButSlash) {
      absl::StrAppend(&out, text.substr(i, 3));
    } else {
      out += decoded;
    }
    i += 2;
  }
  return true;
}

}  // namespace webhooks::gateway
