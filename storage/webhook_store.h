#ifndef WEBHOOKS_STORAGE_WEBHOOK_STORE_H_
#define WEBHOOKS_STORAGE_WEBHOOK_STORE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/page.h"
#include "webhooks/v1/webhook.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks {

// Which webhooks to list; see ListWebhooksRequest.
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
  // The time for which the older ones stay in force.
  absl::Duration overlap;
  absl::Time now;
};

// The webhooks of every project. What Store promises of its calls holds here.
//
// A webhook of another project is as one that is not there: NOT_FOUND
// (WEBHOOK_NOT_FOUND). Webhooks are given back with their etag; what is stored
// needs none. A change that finds something to change moves last_update on: to
// `now`, or a millisecond past what it was if that is later; one that finds
// nothing leaves the webhook as it is, etag included. ABORTED (ETAG_MISMATCH):
// an etag was given (see UpdateWebhookRequest.etag) and the webhook has
// another; nothing is changed.
class WebhookStore {
 public:
  virtual ~WebhookStore() = default;

  // Stores a new webhook as it is: the caller has made its id, secret and times
  // (kept to the millisecond) and checked every field; no event type holds a
  // comma. NOT_FOUND (PROJECT_NOT_FOUND): the project is gone.
  // RESOURCE_EXHAUSTED (WEBHOOK_LIMIT_REACHED): the project has
  // Project.max_webhooks. INTERNAL: the id is taken.
  virtual void CreateWebhook(const v1::Webhook& webhook,
                             const std::optional<Idempotency>& once,
                             const CallOptions& options,
                             Done<Created<v1::Webhook>> done) = 0;

  // Reads one webhook.
  virtual void GetWebhook(absl::string_view project, absl::string_view id,
                          const CallOptions& options,
                          Done<v1::Webhook> done) = 0;

  // Reads the webhooks of `project` that `filter` lets through. A webhook that
  // is there all the while is on exactly one of the pages that follow one
  // another.
  virtual void ListWebhooks(absl::string_view project,
                            const WebhookFilter& filter,
                            const PageStart<v1::Webhook>& start,
                            const CallOptions& options,
                            Done<Page<v1::Webhook>> done) = 0;

  // Changes the fields that the mask of `change` names to its values, or clears
  // them where it has none; the caller has checked them. Ends with the webhook
  // as it then is.
  virtual void UpdateWebhook(absl::string_view project,
                             const v1::UpdateWebhookRequest& change,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Webhook> done) = 0;

  // Removes a webhook. Ends with what it was.
  virtual void DeleteWebhook(absl::string_view project,
                             const v1::DeleteWebhookRequest& webhook,
                             const CallOptions& options,
                             Done<v1::Webhook> done) = 0;

  // Gives a webhook a new secret. No older one stays in force longer than it
  // would have, nor than the overlap. Ends with the webhook as it then is.
  // FAILED_PRECONDITION (TOO_MANY_SECRETS): kMaxSecrets would be exceeded.
  virtual void RotateSecret(absl::string_view project,
                            const SecretRotation& rotation,
                            const std::optional<Idempotency>& once,
                            const CallOptions& options,
                            Done<Created<v1::Webhook>> done) = 0;

  // Reads the secrets of a webhook that are in force at `now`, the newest
  // first.
  virtual void GetSecrets(absl::string_view project, absl::string_view id,
                          absl::Time now, const CallOptions& options,
                          Done<v1::WebhookSecrets> done) = 0;

  // The most secrets of one webhook that can be in force.
  static constexpr int kMaxSecrets = 5;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_WEBHOOK_STORE_H_
