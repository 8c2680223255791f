#include "gateway/content.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

bool IsUtf8(absl::string_view charset) {
  if (charset.size() >= 2 && absl::ConsumePrefix(&charset, "\"")) {
    if (!absl::ConsumeSuffix(&charset, "\"")) return false;
  }
  return absl::EqualsIgnoreCase(charset, "utf-8");
}

// application/json with any parameters but another charset.
bool IsJson(absl::string_view content_type) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(content_type, ';');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]),
                              "application/json")) {
    return false;
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> parameter =
        absl::StrSplit(absl::StripAsciiWhitespace(parts[i]),
                       absl::MaxSplits('=', 1));
    if (absl::EqualsIgnoreCase(parameter.first, "charset") &&
        !IsUtf8(parameter.second)) {
      return false;
    }
  }
  return true;
}

absl::Status UnsupportedMediaType(absl::string_view message) {
  return WithReason(absl::InvalidArgumentError(message),
                    "UNSUPPORTED_MEDIA_TYPE");
}

}  // namespace

absl::Status CheckContent(const RequestHead& head) {
  if (!head.has_body) return absl::OkStatus();
  for (const absl::string_view coding : head.Values("content-encoding")) {
    if (!absl::EqualsIgnoreCase(coding, "identity")) {
      return UnsupportedMediaType("the body must not be encoded");
    }
  }
  const auto types = head.Values("content-type");
  if (types.size() != 1 || !IsJson(types[0])) {
    return UnsupportedMediaType("the body must be application/json in UTF-8");
  }
  return absl::OkStatus();
}

}  // namespace webhooks::gateway
