#include "server/services/event_verification.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "proto/json/compact_json.h"
#include "proto/json/json_depth.h"
#include "proto/rpc/status.h"
#include "server/services/field_rules.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"

namespace webhooks::server {
namespace {

using google::rpc::BadRequest;

bool HasStandardHeaders(const v1::VerifyEventRequest& event) {
  return !event.webhook_id().empty() || !event.webhook_timestamp().empty() ||
         !event.webhook_signature().empty();
}

void CheckPanora(const v1::VerifyEventRequest& event, BadRequest& violations) {
  if (VerifyPanoraSignature(PayloadOf(event), event.secret(),
                            event.signature())) {
    return;
  }
  if (absl::StartsWith(event.signature(), "v1,")) {
    AddViolation(violations, "signature",
                 "is a value of the header webhook-signature: send it as "
                 "webhook_signature, with webhook_id and webhook_timestamp; "
                 "signature is the header panora-signature");
  } else if (!PanoraSignature(PayloadOf(event), event.secret())) {
    AddViolation(violations, "payload", "must be an object with data");
  } else {
    AddViolation(violations, "signature",
                 "must be the signature of the payload's data by the secret");
  }
}

// Returns false if a header of Standard Webhooks is missing.
bool HasAllHeaders(const v1::VerifyEventRequest& event,
                   BadRequest& violations) {
  bool has_all = true;
  const auto require = [&](absl::string_view field, absl::string_view header,
                           const std::string& value) {
    if (!value.empty()) return;
    has_all = false;
    AddViolation(
        violations, field,
        absl::StrCat("must be the header ", header,
                     " if another header of Standard Webhooks is given"));
  };
  require("webhook_id", "webhook-id", event.webhook_id());
  require("webhook_timestamp", "webhook-timestamp", event.webhook_timestamp());
  require("webhook_signature", "webhook-signature", event.webhook_signature());
  return has_all;
}

// Returns the first problem of the headers; nullopt if they sign the body, or
// the payload as it is or without white space.
std::optional<HeaderProblem> ProblemOf(const v1::VerifyEventRequest& event,
                                       absl::Time now) {
  const StandardHeaders headers{event.webhook_id(), event.webhook_timestamp(),
                                event.webhook_signature()};
  auto problem =
      FindSignatureProblem(headers, PayloadOf(event), event.secret(), now);
  if (!problem || event.has_body()) return problem;
  const auto compact = CompactJson(event.payload(), kMaxJsonDepth);
  if (!compact) return problem;
  return FindSignatureProblem(headers, *compact, event.secret(), now);
}

void CheckStandard(const v1::VerifyEventRequest& event, absl::Time now,
                   BadRequest& violations) {
  if (StandardSignature("", event.secret()).empty()) {
    AddViolation(violations, "secret",
                 "must be whsec_ and base64, as the webhook's secret is");
    return;
  }
  const auto problem = ProblemOf(event, now);
  if (!problem) return;
  if (problem->header == HeaderProblem::Header::kTimestamp) {
    AddViolation(violations, "webhook_timestamp", problem->text);
    return;
  }
  AddViolation(
      violations, "webhook_signature",
      absl::StrCat(problem->text,
                   event.has_body() ? ""
                                    : "; it signs the bytes that were received:"
                                      " send these as body, in place of "
                                      "payload"));
}

}  // namespace

absl::Status CheckEventSignatures(const v1::VerifyEventRequest& event,
                                  absl::Time now) {
  BadRequest violations;
  // With an empty secret, anybody could sign.
  if (event.secret().empty()) {
    AddViolation(violations, "secret", "must be the webhook's secret");
  }
  if (event.has_payload() && event.has_body()) {
    AddViolation(violations, "body", "must not be given besides payload");
  } else if (PayloadOf(event).empty()) {
    AddViolation(violations, "payload", "must be an object with data");
  } else if (event.has_body() && !CompactJson(event.body(), kMaxJsonDepth)) {
    AddViolation(violations, "body", "must be the JSON that was received");
  }
  const bool can_verify = violations.field_violations().empty();
  const bool has_headers = HasStandardHeaders(event);
  if (event.signature().empty() && !has_headers) {
    AddViolation(violations, "signature",
                 "must be the header panora-signature, unless webhook_id, "
                 "webhook_timestamp and webhook_signature are given");
  }
  if (can_verify && !event.signature().empty()) CheckPanora(event, violations);
  if (has_headers && HasAllHeaders(event, violations) && can_verify) {
    CheckStandard(event, now, violations);
  }
  if (violations.field_violations().empty()) return absl::OkStatus();
  return InvalidFields(violations, "SIGNATURE_MISMATCH");
}

const std::string& PayloadOf(const v1::VerifyEventRequest& event) {
  return event.has_body() ? event.body() : event.payload();
}

}  // namespace webhooks::server
