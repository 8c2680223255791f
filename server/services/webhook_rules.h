#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_

#include "absl/status/status.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {

// What a webhook may hold, as Webhook's comments and the REST contract say.
struct WebhookRules {
  // Whether http:// URLs are accepted beside https://.
  bool allow_http_urls = false;

  // INVALID_ARGUMENT lists every violation of `request`. Its reason is
  // INVALID_URL, INVALID_DESCRIPTION or INVALID_SCOPE where all of them are of
  // that field, else INVALID_REQUEST.
  absl::Status Check(const v1::CreateWebhookRequest& request) const;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_RULES_H_
