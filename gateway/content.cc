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

bool IsJsonType(absl::string_view type, absl::string_view method) {
  return absl::EqualsIgnoreCase(type, "application/json") ||
         (method == "PATCH" &&
          absl::EqualsIgnoreCase(type, "application/merge-patch+json"));
}

// JSON with any parameters but another charset.
bool IsJson(absl::string_view content_type, absl::string_view method) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(content_type, ';');
  if (!IsJsonType(absl::StripAsciiWhitespace(parts[0]), method)) {
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

absl::Status Unsupported(absl::string_view message) {
  return WithReason(absl::InvalidArgumentError(message),
                    "UNSUPPORTED_MEDIA_TYPE");
}

}  // namespace

absl::Status CheckContent(const RequestHead& head) {
  if (!head.has_body) return absl::OkStatus();
  for (const absl::string_view coding : head.Values("content-encoding")) {
    if (!absl::EqualsIgnoreCase(coding, "identity")) {
      return Unsupported("the body must not be encoded");
    }
  }
  const auto types = head.Values("content-type");
  if (types.size() != 1 || !IsJson(types[0], head.method)) {
    return UnsupportedMediaType();
  }
  return absl::OkStatus();
}

absl::Status UnsupportedMediaType() {
  return Unsupported("the body must be application/json in UTF-8");
}

bool MustBeEmpty(const RequestHead& head) {
  return head.has_body && head.Values("content-type").empty() &&
         head.Values("content-length").empty();
}

}  // namespace webhooks::gateway
