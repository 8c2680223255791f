#include "gateway/content.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/errors.h"
#include "gateway/responses.h"

namespace webhooks::gateway {
namespace {

bool IsJson(absl::string_view content_type, absl::string_view method) {
  const absl::string_view type = absl::StripAsciiWhitespace(
      content_type.substr(0, content_type.find(';')));
  return absl::EqualsIgnoreCase(type, "application/json") ||
         (method == "PATCH" &&
          absl::EqualsIgnoreCase(type, "application/merge-patch+json"));
}

HttpResponse Unsupported(absl::string_view message, absl::string_view method) {
  HttpResponse answer = ErrorResponse(UnsupportedMediaType(message));
  if (method == "PATCH") AddAcceptPatch(answer);
  return answer;
}

}  // namespace

std::optional<HttpResponse> RefuseContent(const RequestHead& head) {
  if (!head.has_body) return std::nullopt;
  for (const absl::string_view coding : head.Values("content-encoding")) {
    if (!absl::EqualsIgnoreCase(coding, "identity")) {
      return Unsupported("the body must not be encoded", head.method);
    }
  }
  const auto types = head.Values("content-type");
  if (types.size() != 1 || !IsJson(types[0], head.method)) {
    return NotJsonAnswer(head.method);
  }
  return std::nullopt;
}

HttpResponse NotJsonAnswer(absl::string_view method) {
  return Unsupported("the body must be application/json", method);
}

bool MustBeEmpty(const RequestHead& head) {
  return head.has_body && head.Values("content-type").empty() &&
         head.Values("content-length").empty();
}

}  // namespace webhooks::gateway
