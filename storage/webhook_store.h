#ifndef WEBHOOKS_STORAGE_WEBHOOK_STORE_H_
#define WEBHOOKS_STORAGE_WEBHOOK_STORE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/idempotency.h"
#include "storage/page.h"
#include "webhooks/v1/webhook.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks {

// Selects webhooks; see ListWebhooksRequest.
struct WebhookFilter {
  std::optional<bool> active = std::nullopt;
  std::optional<std::string> event_type = std::nullopt;
  std::optional<std::string> url = std::nullopt;
};

// A new secret for a webhook; see RotateWebhookSecretRequest.
struct SecretRotation {
  std::string id;
  // The same as UpdateWebhookRequest.etag.
  std::string etag;
  std::string secret;
  // The time for which the older secrets stay in force.
  absl::Duration overlap;
  absl::Time now;
};

// The webhooks of every project. The promises of Store hold here.
//
// A webhook of another project is treated like one that does not exist:
// NOT_FOUND (WEBHOOK_NOT_FOUND). Webhooks are returned with their etag; it is
// not stored. A call that changes a webhook advances its last_update to `now`,
// or by a millisecond if that is later; a call that finds nothing to change
// leaves the webhook as it is, etag included. ABORTED (ETAG_MISMATCH): the
// webhook's etag does not meet the given one (see UpdateWebhookRequest.etag);
// nothing is changed.
class WebhookStore {
 public:
  virtual ~WebhookStore() = default;

  // Stores a new webhook. The caller has made its id, secret and times (kept to
  // the millisecond) and checked every field; no event type contains a comma.
  // NOT_FOUND (PROJECT_NOT_FOUND): the project does not exist.
  // RESOURCE_EXHAUSTED (WEBHOOK_LIMIT_REACHED): the project has
  // Project.max_webhooks. INTERNAL: the id is in use.
  virtual void CreateWebhook(const v1::Webhook& webhook,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions& options,
                             Done<Created<v1::Webhook>> done) = 0;

  // Reads one webhook.
  virtual void GetWebhook(absl::string_view project, absl::string_view id,
                          const CallOptions& options,
                          Done<v1::Webhook> done) = 0;

  // Reads a page of the webhooks of `project` that `filter` accepts. A webhook
  // that exists while all pages are read is on exactly one of them.
  virtual void ListWebhooks(absl::string_view project,
                            const WebhookFilter& filter,
                            const PageStart<v1::Webhook>& start,
                            const CallOptions& options,
                            Done<Page<v1::Webhook>> done) = 0;

  // Sets the fields that the mask of `change` names to its values, or clears
  // them if it has none; the caller has checked them. Returns the webhook after
  // the change.
  virtual void UpdateWebhook(absl::string_view project,
                             const v1::UpdateWebhookRequest& change,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Webhook> done) = 0;

  // Deletes a webhook. Returns it as it was.
  virtual void DeleteWebhook(absl::string_view project,
                             const v1::DeleteWebhookRequest& webhook,
                             const CallOptions& options,
                             Done<v1::Webhook> done) = 0;

  // Gives a webhook a new secret. An older secret stays in force until its
  // former end, or for the overlap if that is shorter. Returns the webhook
  // after the change. FAILED_PRECONDITION (TOO_MANY_SECRETS): more than
  // kMaxSecrets would be in force.
  virtual void RotateSecret(absl::string_view project,
                            const SecretRotation& rotation,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::Webhook>> done) = 0;

  // Reads the secrets of a webhook that are in force at `now`, the newest
  // first.
  virtual void GetSecrets(absl::string_view project, absl::string_view id,
                          absl::Time now, const CallOptions& options,
                          Done<v1::WebhookSecrets> done) = 0;

  // The maximum number of secrets of one webhook in force.
  static constexpr int kMaxSecrets = 5;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_WEBHOOK_STORE_H_
