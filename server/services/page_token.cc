#include "server/services/page_token.h"

#include <openssl/sha.h>

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kCheckSize = 8;

// Binds a place to its list. It keeps nobody from making a token of their own,
// which would only name a place in their own list; but one of another list does
// not fit by mistake.
std::string Check(absl::string_view list, absl::string_view place) {
  const std::string text = absl::StrCat(list, "\n", place);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return std::string(reinterpret_cast<const char*>(digest), kCheckSize);
}

std::optional<std::string> ReadToken(absl::string_view list,
                                     absl::string_view token) {
  std::string bytes;
  // Base64 has several forms for some bytes; one is that of MakePageToken.
  if (!absl::WebSafeBase64Unescape(token, &bytes) ||
      absl::WebSafeBase64Escape(bytes) != token || bytes.size() <= kCheckSize) {
    return std::nullopt;
  }
  std::string place = bytes.substr(kCheckSize);
  if (bytes.substr(0, kCheckSize) != Check(list, place)) return std::nullopt;
  return place;
}

}  // namespace

std::string MakePageToken(absl::string_view list, absl::string_view after) {
  if (after.empty()) return "";
  return absl::WebSafeBase64Escape(absl::StrCat(Check(list, after), after));
}

PageStart ReadPage(absl::string_view list, std::int32_t size,
                   absl::string_view token,
                   google::rpc::BadRequest& violations) {
  PageStart start;
  start.size = size <= 0 ? kDefaultPageSize : std::min(size, kMaxPageSize);
  if (size < 0) AddViolation(violations, "page_size", "must not be negative");
  if (token.empty()) return start;
  const std::optional<std::string> after = ReadToken(list, token);
  if (after) {
    start.after = *after;
  } else {
    AddViolation(violations, "page_token",
                 "must be the next_page_token of this list");
  }
  return start;
}

}  // namespace webhooks::server
