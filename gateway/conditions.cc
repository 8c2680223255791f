#include "gateway/conditions.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "gateway/errors.h"
#include "gateway/header_fields.h"
#include "gateway/responses.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kIfMatch = "If-Match";
constexpr absl::string_view kIfNoneMatch = "If-None-Match";

bool TakesIfMatch(const Binding& binding) {
  return std::any_of(binding.request_headers.begin(),
                     binding.request_headers.end(),
                     [](const HeaderField& field) {
                       return absl::EqualsIgnoreCase(field.header, kIfMatch);
                     });
}

// Joins repeated fields, which are one list (RFC 9110, 5.3).
std::string Joined(const RequestHead& head, absl::string_view header) {
  return absl::StrJoin(head.Values(header), ", ");
}

absl::Status WeakCondition() {
  return EtagMismatch(
      "If-Match holds a weak etag (W/\"...\"), which matches nothing: send the "
      "ETag of the answer without W/");
}

absl::Status Invalid(absl::string_view header, absl::string_view problem) {
  return InvalidHeader(absl::AsciiStrToLower(header), problem);
}

}  // namespace

bool OnlyReads(const RequestHead& head) {
  return head.method == "GET" || head.method == "HEAD";
}

Conditions ReadConditions(const RequestHead& head) {
  if (!OnlyReads(head)) return {};
  return {Joined(head, kIfMatch), Joined(head, kIfNoneMatch)};
}

Conditions ReadConditions(const RequestHead& head, const Binding& binding) {
  Conditions conditions = ReadConditions(head);
  if (TakesIfMatch(binding)) conditions.if_match.clear();
  return conditions;
}

absl::Status CheckConditions(const RequestHead& head, const Binding& binding) {
  for (const absl::string_view header : {kIfMatch, kIfNoneMatch}) {
    if (head.Values(header).empty()) continue;
    if (!IsEtagCondition(Joined(head, header))) {
      return Invalid(header,
                     "must be * or entity-tags with commas between them");
    }
  }
  if (IsWeakCondition(Joined(head, kIfMatch))) return WeakCondition();
  if (OnlyReads(head)) return absl::OkStatus();
  if (!head.Values(kIfNoneMatch).empty()) {
    return Invalid(kIfNoneMatch, "must come with GET or HEAD only");
  }
  if (!head.Values(kIfMatch).empty() && !TakesIfMatch(binding)) {
    return Invalid(kIfMatch, "must not come with this call, which has no etag");
  }
  return absl::OkStatus();
}

HttpResponse ApplyConditions(const Conditions& conditions,
                             HttpResponse response) {
  if (response.status / 100 != 2) return response;
  const std::string etag(ResponseHeader(response, "ETag"));
  if (!conditions.if_match.empty() &&
      !MatchesStrongly(etag, conditions.if_match)) {
    return ErrorResponse(
        EtagMismatch("the resource has another etag than If-Match"));
  }
  if (!etag.empty() && !conditions.if_none_match.empty() &&
      MatchesWeakly(etag, conditions.if_none_match)) {
    response.status = 304;
    response.body.clear();
    response.lasting_body = {};
  }
  return response;
}

}  // namespace webhooks::gateway
