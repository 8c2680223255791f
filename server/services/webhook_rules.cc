#include "server/services/webhook_rules.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "proto/rpc/status.h"
#include "server/services/url_rules.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxDescription = 1024;
constexpr std::size_t kMaxEventType = 256;
constexpr int kMaxScope = 100;

// Unicode's control characters (category Cc) in UTF-8: C0, DEL and C1.
bool HasControlCharacter(absl::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() &&
        static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

std::size_t CountCharacters(absl::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool IsSegment(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_';
  });
}

bool IsEventType(absl::string_view text) {
  if (text.size() > kMaxEventType) return false;
  for (const absl::string_view segment : absl::StrSplit(text, '.')) {
    if (!IsSegment(segment)) return false;
  }
  return true;
}

void CheckDescription(absl::string_view description,
                      google::rpc::BadRequest& violations) {
  if (CountCharacters(description) > kMaxDescription) {
    AddViolation(violations, "description",
                 "must hold at most 1,024 characters");
  }
  if (HasControlCharacter(description)) {
    AddViolation(violations, "description", "must not hold control characters");
  }
}

void CheckScope(const google::protobuf::RepeatedPtrField<std::string>& scope,
                google::rpc::BadRequest& violations) {
  if (scope.size() > kMaxScope) {
    AddViolation(violations, "scope", "must hold at most 100 event types");
    return;
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < scope.size(); ++i) {
    const std::string field = absl::StrCat("scope[", i, "]");
    if (!IsEventType(scope[i])) {
      AddViolation(violations, field,
                   "must be an event type: dot-separated segments of "
                   "[A-Za-z0-9_], at most 256 characters");
    } else if (!seen.insert(scope[i]).second) {
      AddViolation(violations, field, "must not repeat another event type");
    }
  }
}

// The reason of the one field that every violation is of, or of a mixture.
absl::string_view ReasonFor(const google::rpc::BadRequest& violations) {
  const auto all_of_field = [&](absl::string_view field) {
    return std::all_of(
        violations.field_violations().begin(),
        violations.field_violations().end(), [field](const auto& violation) {
          return absl::string_view(violation.field()).substr(0, field.size()) ==
                 field;
        });
  };
  if (all_of_field("url")) return "INVALID_URL";
  if (all_of_field("description")) return "INVALID_DESCRIPTION";
  if (all_of_field("scope")) return "INVALID_SCOPE";
  return "INVALID_REQUEST";
}

}  // namespace

absl::Status WebhookRules::Check(
    const v1::CreateWebhookRequest& request) const {
  google::rpc::BadRequest violations;
  if (request.has_url()) {
    const UrlSchemes schemes =
        allow_http_urls ? UrlSchemes::kHttpsOrHttp : UrlSchemes::kHttps;
    if (const auto problem = FindUrlProblem(request.url(), schemes)) {
      AddViolation(violations, "url", *problem);
    }
  }
  CheckDescription(request.description(), violations);
  CheckScope(request.scope(), violations);
  if (violations.field_violations().empty()) return absl::OkStatus();
  return InvalidFields(violations, ReasonFor(violations));
}

}  // namespace webhooks::server
