#include "gateway/page_policies.h"

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kOwnFilesOnly =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors ";

Headers PolicyHeaders(std::string policy) {
  return {{"Content-Security-Policy", std::move(policy)},
          {"Referrer-Policy", "no-referrer"}};
}

// Permits letters, digits and what separates the parts of a host and a port, so
// that an origin cannot end the directive that it is in.
bool IsOrigin(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "https://") &&
      !absl::ConsumePrefix(&text, "http://")) {
    return false;
  }
  return !text.empty() && absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

}  // namespace

Headers DocsPolicy() {
  return PolicyHeaders(absl::StrCat(kOwnFilesOnly, "'none'"));
}

Headers ConsolePolicy(const std::vector<std::string>& frame_ancestors) {
  Headers headers = PolicyHeaders(absl::StrCat(
      kOwnFilesOnly,
      frame_ancestors.empty() ? "'none'" : absl::StrJoin(frame_ancestors, " "),
      "; require-trusted-types-for 'script'; trusted-types 'none'"));
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return headers;
}

absl::StatusOr<std::vector<std::string>> ParseOrigins(absl::string_view text) {
  std::vector<std::string> origins;
  for (absl::string_view part :
       absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const absl::string_view origin = absl::StripAsciiWhitespace(part);
    if (!IsOrigin(origin)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", origin, "' is not an origin such as https://acme.com"));
    }
    origins.emplace_back(origin);
  }
  return origins;
}

}  // namespace webhooks::gateway
