#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/rpc/error_details.pb.h"
#include "server/delivery/target_guard.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {

// Checks requests about webhooks against the comments of the protos and the
// REST contract. INVALID_ARGUMENT, with the reason of ViolationsStatus, lists
// every violation of a request.
struct WebhookRules {
  // Accepts http:// URLs besides https://.
  bool allow_http_urls = false;
  // Refuses hosts to which nothing is ever sent. Unset for a server that does
  // not deliver: it does not know the targets that the delivering server
  // allows.
  std::optional<TargetGuard> targets = std::nullopt;
  // Refuses a new webhook without a scope unless it sets all_events. A gateway
  // requires the key `scope`, so that null is meant, and one of an earlier
  // version does not set all_events.
  bool requires_all_events = true;

  absl::Status Check(const v1::CreateWebhookRequest& request) const;
  absl::Status Check(const v1::UpdateWebhookRequest& request) const;
  absl::Status Check(const v1::ListWebhooksRequest& request) const;
  absl::Status Check(const v1::UpdateWebhookStatusRequest& request) const;
  absl::Status Check(const v1::DeleteWebhookRequest& request) const;
  absl::Status Check(const v1::RotateWebhookSecretRequest& request) const;

 private:
  void CheckUrl(const std::string& url,
                google::rpc::BadRequest& violations) const;
};

// Returns the fields that `request` changes, out of url, description, scope,
// active and delivery.
google::protobuf::FieldMask MaskOf(const v1::UpdateWebhookRequest& request);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
