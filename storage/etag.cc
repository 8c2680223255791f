#include "storage/etag.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace webhooks {
namespace {

// The random half of an id, after its last two dashes.
constexpr std::size_t kIdTail = 17;

bool IsTagCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes one entity-tag off the front of `list`.
std::optional<absl::string_view> TakeTag(absl::string_view& list) {
  absl::string_view rest = list;
  absl::ConsumePrefix(&rest, "W/");
  if (!absl::ConsumePrefix(&rest, "\"")) return std::nullopt;
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsTagCharacter);
  if (end == rest.end() || *end != '"') return std::nullopt;
  const auto size = static_cast<std::size_t>(end + 1 - list.begin());
  const absl::string_view tag = list.substr(0, size);
  list.remove_prefix(size);
  return tag;
}

// The tags of a list; nothing where it is malformed or empty.
std::optional<std::vector<absl::string_view>> Tags(absl::string_view list) {
  std::vector<absl::string_view> tags;
  list = absl::StripAsciiWhitespace(list);
  while (!list.empty()) {
    if (!absl::ConsumePrefix(&list, ",")) {
      const auto tag = TakeTag(list);
      if (!tag) return std::nullopt;
      tags.push_back(*tag);
      list = absl::StripLeadingAsciiWhitespace(list);
      if (!list.empty() && list.front() != ',') return std::nullopt;
    }
    list = absl::StripLeadingAsciiWhitespace(list);
  }
  if (tags.empty()) return std::nullopt;
  return tags;
}

bool IsAnything(absl::string_view condition) {
  return condition.empty() || absl::StripAsciiWhitespace(condition) == "*";
}

}  // namespace

std::string EtagOf(const v1::Webhook& webhook) {
  constexpr long kNanosPerMilli = 1'000'000;
  const absl::string_view id = webhook.id_webhook_endpoint();
  return absl::StrCat(
      "\"",
      absl::Hex(webhook.last_update().seconds() * 1000 +
                webhook.last_update().nanos() / kNanosPerMilli),
      "-", id.size() > kIdTail ? id.substr(id.size() - kIdTail) : id, "\"");
}

bool IsEtagCondition(absl::string_view condition) {
  return IsAnything(condition) || Tags(condition).has_value();
}

bool FulfilsEtagCondition(absl::string_view etag, absl::string_view condition) {
  if (IsAnything(condition)) return true;
  const auto tags = Tags(condition);
  return tags && std::find(tags->begin(), tags->end(), etag) != tags->end();
}

}  // namespace webhooks
