#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/rpc/error_details.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {

// The rules for requests about webhooks, according to the protos' comments and
// the REST contract. INVALID_ARGUMENT lists every violation of a request, with
// a reason as ViolationsStatus gives it.
struct WebhookRules {
  // True if http:// URLs are accepted beside https://.
  bool allow_http_urls = false;

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

// The fields that `request` changes: of url, description, scope,
// active and delivery.
google::protobuf::FieldMask MaskOf(const v1::UpdateWebhookRequest& request);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
