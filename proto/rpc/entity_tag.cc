#include "proto/rpc/entity_tag.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace webhooks {
namespace {

constexpr absl::string_view kWeak = "W/";

bool IsTagCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Removes one entity-tag from the front of `list`.
std::optional<absl::string_view> TakeTag(absl::string_view& list) {
  absl::string_view rest = list;
  absl::ConsumePrefix(&rest, kWeak);
  if (!absl::ConsumePrefix(&rest, "\"")) return std::nullopt;
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsTagCharacter);
  if (end == rest.end() || *end != '"') return std::nullopt;
  const auto size = static_cast<std::size_t>(end + 1 - list.begin());
  const absl::string_view tag = list.substr(0, size);
  list.remove_prefix(size);
  return tag;
}

// Returns the tags of a list, which may have empty elements (RFC 9110,
// 5.6.1.2); empty if it is malformed.
std::vector<absl::string_view> Tags(absl::string_view list) {
  std::vector<absl::string_view> tags;
  list = absl::StripAsciiWhitespace(list);
  while (!list.empty()) {
    if (!absl::ConsumePrefix(&list, ",")) {
      const auto tag = TakeTag(list);
      if (!tag) return {};
      tags.push_back(*tag);
      list = absl::StripLeadingAsciiWhitespace(list);
      if (!list.empty() && list.front() != ',') return {};
    }
    list = absl::StripLeadingAsciiWhitespace(list);
  }
  return tags;
}

bool IsAny(absl::string_view condition) {
  return absl::StripAsciiWhitespace(condition) == "*";
}

}  // namespace

bool IsEtagCondition(absl::string_view condition) {
  return IsAny(condition) || !Tags(condition).empty();
}

bool IsWeakCondition(absl::string_view condition) {
  const auto tags = Tags(condition);
  return !tags.empty() &&
         std::all_of(tags.begin(), tags.end(), [](absl::string_view tag) {
           return absl::StartsWith(tag, kWeak);
         });
}

bool MatchesStrongly(absl::string_view etag, absl::string_view condition) {
  if (IsAny(condition)) return true;
  const auto tags = Tags(condition);
  return !absl::StartsWith(etag, kWeak) &&
         std::find(tags.begin(), tags.end(), etag) != tags.end();
}

bool MatchesWeakly(absl::string_view etag, absl::string_view condition) {
  if (IsAny(condition)) return true;
  const auto tags = Tags(condition);
  return std::any_of(tags.begin(), tags.end(), [etag](absl::string_view tag) {
    return absl::StripPrefix(tag, kWeak) == absl::StripPrefix(etag, kWeak);
  });
}

}  // namespace webhooks
