#include "server/services/webhook_rules.h"

#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/rpc/status.h"
#include "server/services/delivery_settings_rules.h"
#include "server/services/field_rules.h"
#include "server/services/url_rules.h"
#include "storage/changes.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxDescription = 1024;
constexpr int kMaxScope = 100;
constexpr absl::Duration kMaxOverlap = absl::Hours(7 * 24);

constexpr std::initializer_list<absl::string_view> kWebhookFields = {
    "url", "description", "scope", "active", "delivery"};

// Checks the scope of a request to create or change a webhook. A webhook with
// an empty scope listens to every type. So an empty scope is refused unless it
// is empty on purpose: the caller may have forgotten it.
template <typename Request>
void CheckScope(const Request& request, bool is_empty_on_purpose,
                google::rpc::BadRequest& violations) {
  const auto& scope = request.scope();
  if (scope.empty() && !is_empty_on_purpose) {
    AddViolation(violations, "scope",
                 "must hold an event type, unless all_events is true");
  }
  if (!scope.empty() && request.all_events()) {
    AddViolation(violations, "scope", "must be empty, as all_events is true");
  }
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

}  // namespace

void WebhookRules::CheckUrl(const std::string& url,
                            google::rpc::BadRequest& violations) const {
  const UrlSchemes schemes =
      allow_http_urls ? UrlSchemes::kHttpsOrHttp : UrlSchemes::kHttps;
  if (const auto problem = FindUrlProblem(url, schemes)) {
    AddViolation(violations, "url", *problem);
    return;
  }
  if (!targets) return;
  const std::string host = HostOf(url);
  if (targets->AllowsHost(host)) return;
  AddViolation(violations, "url",
               absl::StrCat("names ", host,
                            ", a loopback, private or reserved address that "
                            "nothing is sent to; the operator can allow it "
                            "with --allow_targets"));
}

absl::Status WebhookRules::Check(
    const v1::CreateWebhookRequest& request) const {
  google::rpc::BadRequest violations;
  if (request.has_url()) CheckUrl(request.url(), violations);
  CheckText("description", request.description(), 0, kMaxDescription,
            LineBreaks::kAllowed, violations);
  CheckScope(request, request.all_events() || !requires_all_events, violations);
  CheckDeliverySettings(request.delivery(), violations);
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

absl::Status WebhookRules::Check(
    const v1::UpdateWebhookRequest& request) const {
  google::rpc::BadRequest violations;
  const google::protobuf::FieldMask mask = MaskOf(request);
  if (HasPath(mask, "url") && request.has_url()) {
    CheckUrl(request.url(), violations);
  }
  if (HasPath(mask, "description")) {
    CheckText("description", request.description(), 0, kMaxDescription,
              LineBreaks::kAllowed, violations);
  }
  if (HasPath(mask, "scope")) {
    CheckScope(request,
               request.all_events() || HasPath(request.update_mask(), "scope"),
               violations);
  }
  if (HasPath(mask, "delivery")) {
    CheckDeliverySettings(request.delivery(), violations);
  }
  if (HasPath(mask, "active") && !request.has_active()) {
    AddViolation(violations, "active", "must be true or false");
  }
  CheckMask(request.update_mask(), kWebhookFields, violations);
  CheckEtagCondition(request.etag(), violations);
  return ViolationsStatus(violations);
}

absl::Status WebhookRules::Check(const v1::ListWebhooksRequest& request) const {
  google::rpc::BadRequest violations;
  if (request.has_event_type() && !IsEventType(request.event_type())) {
    AddViolation(violations, "event_type", "must be an event type");
  }
  return ViolationsStatus(violations);
}

absl::Status WebhookRules::Check(
    const v1::UpdateWebhookStatusRequest& request) const {
  google::rpc::BadRequest violations;
  CheckEtagCondition(request.etag(), violations);
  return ViolationsStatus(violations);
}

absl::Status WebhookRules::Check(
    const v1::DeleteWebhookRequest& request) const {
  google::rpc::BadRequest violations;
  CheckEtagCondition(request.etag(), violations);
  return ViolationsStatus(violations);
}

absl::Status WebhookRules::Check(
    const v1::RotateWebhookSecretRequest& request) const {
  google::rpc::BadRequest violations;
  if (request.has_overlap() &&
      !IsBetween(request.overlap(), absl::ZeroDuration(), kMaxOverlap)) {
    AddViolation(violations, "overlap", "must be 0s to 604800s (7 days)");
  }
  CheckEtagCondition(request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

google::protobuf::FieldMask MaskOf(const v1::UpdateWebhookRequest& request) {
  google::protobuf::FieldMask mask =
      MaskOf(request, request.update_mask(), kWebhookFields);
  if (request.update_mask().paths().empty() && request.all_events() &&
      !HasPath(mask, "scope")) {
    mask.add_paths("scope");
  }
  return mask;
}

}  // namespace webhooks::server
