#include "gateway/http/grammar.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace webhooks::gateway {
namespace {

template <typename Predicate>
bool AllOf(absl::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool IsOneOf(char c, absl::string_view set) {
  return set.find(c) != absl::string_view::npos;
}

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(c) || IsOneOf(c, "!#$%&'*+-.^_`|~");
}

// unreserved, sub-delims, and '%' of an escape.
bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(c) || IsOneOf(c, "-._~!$&'()*+,;=%");
}

bool IsPathCharacter(char c) { return IsNameCharacter(c) || IsOneOf(c, ":@/"); }

bool IsQueryCharacter(char c) {
  return absl::ascii_isgraph(c) && !IsOneOf(c, "\"#<>");
}

bool IsAddressCharacter(char c) {
  return absl::ascii_isxdigit(c) || c == ':' || c == '.';
}

// Returns the end of the host at the front of `text`, or 0 if there is none.
std::size_t HostEnd(absl::string_view text) {
  if (text.empty() || text[0] != '[')
    return std::min(text.find(':'), text.size());
  const std::size_t close = text.find(']');
  if (close == absl::string_view::npos || close == 1) return 0;
  return AllOf(text.substr(1, close - 1), IsAddressCharacter) ? close + 1 : 0;
}

}  // namespace

bool IsToken(absl::string_view text) {
  return !text.empty() && AllOf(text, IsTokenCharacter);
}

bool IsFieldValue(absl::string_view text) {
  return AllOf(text, [](char c) {
    return !absl::ascii_iscntrl(static_cast<unsigned char>(c)) || c == '\t';
  });
}

bool IsQuotedString(absl::string_view text) {
  if (text.size() < 2 || text.front() != '"') return false;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\') ++i;
  }
  return i + 1 == text.size() && IsFieldValue(text);
}

std::optional<absl::string_view> PathAndQuery(absl::string_view target) {
  const bool is_absolute = absl::StartsWithIgnoreCase(target, "http://") ||
                           absl::StartsWithIgnoreCase(target, "https://");
  if (is_absolute) {
    target.remove_prefix(target.find("//") + 2);
    const std::size_t host_end =
        std::min(target.find_first_of("/?"), target.size());
    if (!IsHost(target.substr(0, host_end))) return std::nullopt;
    target.remove_prefix(host_end);
  }
  const std::size_t path_end = std::min(target.find('?'), target.size());
  const absl::string_view path = target.substr(0, path_end);
  if (path.empty() ? !is_absolute : path[0] != '/') return std::nullopt;
  if (!AllOf(path, IsPathCharacter) ||
      !AllOf(target.substr(path_end), IsQueryCharacter)) {
    return std::nullopt;
  }
  return target;
}

bool IsKnownMethod(absl::string_view method) {
  return std::find(std::begin(kMethods), std::end(kMethods), method) !=
         std::end(kMethods);
}

bool IsHost(absl::string_view text) {
  const std::size_t end = HostEnd(text);
  if (end == 0) return false;
  if (text[0] != '[' && !AllOf(text.substr(0, end), IsNameCharacter)) {
    return false;
  }
  const absl::string_view port = text.substr(end);
  return port.empty() ||
         (port[0] == ':' && port.size() <= 6 &&
          AllOf(port.substr(1), [](char c) { return absl::ascii_isdigit(c); }));
}

}  // namespace webhooks::gateway
