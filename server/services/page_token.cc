#include "server/services/page_token.h"

#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/rpc/status.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kCheckSize = 8;

std::string FormatPosition(const Uuid& id) { return FormatUuid(id); }

std::string FormatPosition(const EventPosition& position) {
  return absl::StrCat(absl::ToUnixMillis(position.created_at), " ",
                      position.seq);
}

std::string FormatPosition(const std::string& name) { return name; }

bool ParsePosition(const std::string& text, std::optional<Uuid>& after) {
  after = ParseUuid(text);
  return after.has_value();
}

bool ParsePosition(const std::string& text,
                   std::optional<EventPosition>& after) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(' ', 1));
  std::int64_t millis = 0;
  std::int64_t seq = 0;
  if (!absl::SimpleAtoi(parts.first, &millis) ||
      !absl::SimpleAtoi(parts.second, &seq)) {
    return false;
  }
  after = EventPosition{absl::FromUnixMillis(millis), seq};
  return true;
}

bool ParsePosition(const std::string& text, std::optional<std::string>& after) {
  after = text;
  return true;
}

// Binds a position to its list, so that a token of one list is not used for
// another by mistake. This does not prevent forged tokens: they could only name
// positions in the caller's own lists.
std::string Check(absl::string_view list, absl::string_view position) {
  const std::string text = absl::StrCat(list, "\n", position);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return std::string(reinterpret_cast<const char*>(digest), kCheckSize);
}

std::optional<std::string> ReadText(absl::string_view list,
                                    absl::string_view token) {
  std::string bytes;
  // Base64 has several forms for some bytes; MakePageToken uses one.
  if (!absl::WebSafeBase64Unescape(token, &bytes) ||
      absl::WebSafeBase64Escape(bytes) != token || bytes.size() <= kCheckSize) {
    return std::nullopt;
  }
  std::string position = bytes.substr(kCheckSize);
  if (bytes.substr(0, kCheckSize) != Check(list, position)) return std::nullopt;
  return position;
}

template <typename Position>
std::string MakeToken(absl::string_view list,
                      const std::optional<Position>& after) {
  if (!after) return "";
  const std::string position = FormatPosition(*after);
  return absl::WebSafeBase64Escape(
      absl::StrCat(Check(list, position), position));
}

template <typename Position>
void ReadToken(absl::string_view list, absl::string_view token,
               std::optional<Position>& after,
               google::rpc::BadRequest& violations) {
  if (token.empty()) return;
  const std::optional<std::string> text = ReadText(list, token);
  if (text && ParsePosition(*text, after)) return;
  AddViolation(violations, "page_token",
               "must come from an answer of this list, with the same filters");
}

}  // namespace

std::string MakePageToken(absl::string_view list,
                          const std::optional<Uuid>& after) {
  return MakeToken(list, after);
}

std::string MakePageToken(absl::string_view list,
                          const std::optional<EventPosition>& after) {
  return MakeToken(list, after);
}

std::string MakePageToken(absl::string_view list,
                          const std::optional<std::string>& after) {
  return MakeToken(list, after);
}

void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<Uuid>& after,
                   google::rpc::BadRequest& violations) {
  ReadToken(list, token, after, violations);
}

void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<EventPosition>& after,
                   google::rpc::BadRequest& violations) {
  ReadToken(list, token, after, violations);
}

void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<std::string>& after,
                   google::rpc::BadRequest& violations) {
  ReadToken(list, token, after, violations);
}

int ReadPageSize(std::int32_t page_size, google::rpc::BadRequest& violations) {
  if (page_size < 0) {
    AddViolation(violations, "page_size", "must not be negative");
  }
  return page_size <= 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize);
}

}  // namespace webhooks::server
