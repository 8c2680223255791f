#ifndef WEBHOOKS_STORAGE_DEACTIVATION_H_
#define WEBHOOKS_STORAGE_DEACTIVATION_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

// The health of a webhook, and its deactivation.
namespace webhooks {

// A webhook and what a store keeps beside it.
struct StoredWebhook {
  v1::Webhook webhook;
  // All secrets that are kept, the newest first.
  v1::WebhookSecrets secrets;
  // See EndpointLease::resumed_at.
  absl::Time resumed_at = absl::InfinitePast();
  // The start of the first failed attempt since the last success. Unset: no
  // attempt has failed since.
  std::optional<absl::Time> failing_since;
};

// Updates `resumed_at` and `failing_since` after a change of the webhook.
// `before` is the webhook before the change. A webhook with a new URL, or one
// that can receive again, starts without failures.
void UpdateHealth(const v1::Webhook& before, absl::Time now,
                  StoredWebhook& stored);

// Returns the reason to deactivate the webhook after a failed attempt: GONE, or
// FAILING after AttemptResult::deactivate_after without a success. Returns
// nullopt if it stays active.
std::optional<v1::Deactivation::Reason> ReasonToDeactivate(
    const AttemptResult& result, absl::Time failing_since);

// Makes the webhook inactive for `reason`. Returns false, without a change, if
// it is inactive already.
bool Deactivate(v1::Deactivation::Reason reason, absl::Time now,
                v1::Webhook& webhook);

// The type of the event that reports a deactivation. Only the service publishes
// it.
inline constexpr absl::string_view kDeactivatedType = "webhook.deactivated";

// The maximum number of webhooks that get the event, so that many webhooks that
// fail together do not each notify all others.
inline constexpr int kMaxDeactivationListeners = 100;

// Makes the event that reports that `webhook` was deactivated because of the
// attempt at `delivery`.
v1::Event DeactivationEvent(const v1::Webhook& webhook,
                            absl::string_view delivery);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DEACTIVATION_H_
