#ifndef WEBHOOKS_SERVER_CTL_DELIVERY_TABLES_H_
#define WEBHOOKS_SERVER_CTL_DELIVERY_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/ctl/command.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"

// Tables of deliveries for people, at most 120 characters wide except for texts
// at the end of a line.
namespace webhooks::ctl {

// Returns a duration to one unit: "45s", "12m", "3h", "8d".
std::string ShortDuration(absl::Duration duration);

// Returns the heading of DeliveryLine.
std::string DeliveryHeading();

// Returns a line about a delivery with its latest attempt, as of `now`.
std::string DeliveryLine(const v1::Delivery& delivery, absl::Time now);

// Return the heading and a line of deliveries that are followed. In place of
// the age, it has the time of day at which the latest attempt ended, or at
// which the delivery was made if it has none.
std::string FollowedHeading();
std::string FollowedLine(const v1::Delivery& delivery, absl::Time now);

// Returns a table of the delivery's attempts; "" if it has none.
std::string AttemptTable(const v1::Delivery& delivery);

// Prints the result of a call: a message that is, or whose field `delivery` is,
// a delivery, with the table of its attempts. Returns the error of the call.
absl::Status PrintWithAttempts(const Session& session,
                               const absl::StatusOr<v1::Delivery>& delivery);
absl::Status PrintWithAttempts(
    const Session& session,
    const absl::StatusOr<v1::ExplainDeliveryResponse>& explanation);

// The reason why an event was or was not delivered to a webhook.
struct WebhookExplanation {
  std::string webhook;
  v1::ExplainDeliveryResponse explanation;
};

std::string ExplanationTable(absl::Span<const WebhookExplanation> explanations);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_DELIVERY_TABLES_H_
