#ifndef WEBHOOKS_STORAGE_CHANGES_H_
#define WEBHOOKS_STORAGE_CHANGES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/field_mask.pb.h"
#include "storage/webhook_store.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/admin_service.pb.h"
#include "webhooks/v1/delivery.pb.h"

// Changes of records, the same for every backend. Each function returns the
// errors of the store's call that makes the change.
namespace webhooks {

// Returns true if `mask` has the path `field`.
bool HasPath(const google::protobuf::FieldMask& mask, absl::string_view field);

// Returns OK if the etag of `webhook` meets `condition` (an If-Match header;
// "" is always met), ABORTED (ETAG_MISMATCH) if not.
absl::Status CheckEtag(absl::string_view condition, const v1::Webhook& webhook);

// Applies the fields that the mask of `change` names. Returns true if that
// changed the record; last_update is advanced then.
bool Apply(const v1::UpdateWebhookRequest& change, absl::Time now,
           v1::Webhook& webhook);

// Applies the fields that the mask of `change` names. Returns true if that
// changed the record.
bool Apply(const v1::UpdateProjectRequest& change, v1::Project& project);

// Puts the new secret first in `secrets` and into `webhook`, and advances
// last_update. The older secrets expire after the overlap at the latest.
// FAILED_PRECONDITION (TOO_MANY_SECRETS): nothing is changed.
absl::Status Apply(const SecretRotation& rotation, v1::Webhook& webhook,
                   v1::WebhookSecrets& secrets);

// Advances last_update to `now`, or by one millisecond if that is later, so
// that no two states of a webhook have the same last_update.
void AdvanceLastUpdate(absl::Time now, v1::Webhook& webhook);

// Returns true if deliveries to the webhook can be attempted: it is active and
// has a URL.
bool CanReceive(const v1::Webhook& webhook);

// Returns the secrets that are in force at `now`.
v1::WebhookSecrets SecretsInForce(const v1::WebhookSecrets& secrets,
                                  absl::Time now);

// The result of one part of a retry job.
struct RetryJobStep {
  int examined = 0;
  int retried = 0;
  // True if no delivery is left to examine.
  bool is_last = false;
};

// Adds the counts of `step` to a running job. The last step sets its state to
// DONE.
void Apply(const RetryJobStep& step, v1::RetryJob& job);

// Returns when the delivery becomes due that `before` others precede in the
// job: at `now`, or later so that max_per_second holds. A second's worth is due
// at once.
absl::Time DueOfRetry(const v1::RetryJob& job, int before, absl::Time now);

// Cancels a job. Returns false, without a change, if it has ended.
bool Cancel(v1::RetryJob& job);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_CHANGES_H_
