#ifndef WEBHOOKS_STORAGE_CHANGES_H_
#define WEBHOOKS_STORAGE_CHANGES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/field_mask.pb.h"
#include "storage/webhook_store.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/admin_service.pb.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/event_service.pb.h"

// Changes of records, the same for every backend. Each function ends as the
// call of the store that it serves.
namespace webhooks {

// Returns true if `mask` names `field` itself.
bool Names(const google::protobuf::FieldMask& mask, absl::string_view field);

// Returns OK if `webhook` is in a state that the caller allows, ABORTED
// (ETAG_MISMATCH) if not.
absl::Status CheckEtag(absl::string_view condition, const v1::Webhook& webhook);

// Changes what the mask of `change` names. Whether that made a difference; if
// so, last_update has moved on.
bool Apply(const v1::UpdateWebhookRequest& change, absl::Time now,
           v1::Webhook& webhook);

// Changes what the mask of `change` names. Whether that made a difference.
bool Apply(const v1::UpdateProjectRequest& change, v1::Project& project);

// Puts a new secret before `secrets`, ends the others, and gives it to
// `webhook`, whose last_update moves on. FAILED_PRECONDITION
// (TOO_MANY_SECRETS): nothing is changed.
absl::Status Apply(const SecretRotation& rotation, v1::Webhook& webhook,
                   v1::WebhookSecrets& secrets);

// Returns true if deliveries to the webhook can be attempted: it is active and
// has a URL.
bool CanReceive(const v1::Webhook& webhook);

// Makes the webhook inactive for `reason`. False: it was inactive already.
bool Deactivate(v1::Deactivation::Reason reason, absl::Time now,
                v1::Webhook& webhook);

// The type of the event that only the service publishes.
inline constexpr absl::string_view kDeactivatedType = "webhook.deactivated";

// The event of that type for a webhook that Deactivate has changed;
// `cause` names the attempt that led to it.
v1::Event DeactivationEvent(const v1::Webhook& webhook,
                            absl::string_view cause);

// Returns the part of a batch's answer that is about one event.
v1::PublishEventResult ResultOf(
    const absl::StatusOr<v1::PublishEventResponse>& published);

// Returns the secrets that are in force at `now`.
v1::WebhookSecrets InForce(const v1::WebhookSecrets& secrets, absl::Time now);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_CHANGES_H_
