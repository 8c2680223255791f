#ifndef WEBHOOKS_STORAGE_PUBLISHING_H_
#define WEBHOOKS_STORAGE_PUBLISHING_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/uuid.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/event_service.pb.h"

// Rules for the publication of an event.
namespace webhooks {

// Returns true if `event` repeats `first`, which has the same id: type, data
// and deliver_at are equal.
bool IsRepeat(const v1::Event& event, const v1::Event& first);

// Returns true if a stored event can be delivered: its type and data are valid.
bool IsIntact(const v1::Event& event);

// Returns the deliver_at of the event, or else its created_at.
absl::Time DeliverAt(const v1::Event& event);

// Returns when the first attempts are due: not before the publication.
absl::Time FirstDue(const v1::Event& event);

// Returns the id of the delivery of `event` to the webhook with the 16 bytes
// `webhook`. It begins with the milliseconds of the event's created_at.
Uuid DeliveryId(const v1::Event& event, absl::string_view webhook);

// Returns the result of one event in the response to a batch.
v1::PublishEventResult ResultOf(
    const absl::StatusOr<v1::PublishEventResponse>& published);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_PUBLISHING_H_
