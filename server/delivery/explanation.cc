#include "server/delivery/explanation.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/delivery/delivery_request.h"
#include "server/delivery/retry_policy.h"
#include "server/signing/js_json.h"
#include "server/signing/standard_signature.h"

namespace webhooks::server {
namespace {

using Response = v1::ExplainDeliveryResponse;
using Reason = Response::Reason;

Reason ReasonWithoutDelivery(const DeliveryFacts& facts) {
  const bool is_newer = FromTimestamp(facts.webhook->created_at()) >
                        FromTimestamp(facts.event.created_at());
  return is_newer ? Response::WEBHOOK_IS_NEWER : Response::NOT_IN_SCOPE;
}

Reason ReasonOfPending(const DeliveryFacts& facts, absl::Time now) {
  if (facts.webhook->delivery().ordered() && facts.first_in_line) {
    return Response::BEHIND_ANOTHER;
  }
  if (FromTimestamp(facts.delivery->next_attempt_at()) <= now) {
    return Response::WAITING;
  }
  return facts.delivery->attempt_count() == 0 ? Response::SCHEDULED
                                              : Response::RETRYING;
}

bool IsReceiverGone(const v1::Delivery& delivery) {
  return !delivery.attempts().empty() &&
         delivery.attempts().rbegin()->status() == kGone;
}

Reason ReasonOfFailed(const v1::Delivery& delivery) {
  switch (delivery.failure_reason()) {
    case v1::Delivery::EXPIRED:
      return Response::EXPIRED;
    case v1::Delivery::EVENT_DAMAGED:
      return Response::EVENT_DAMAGED;
    default:
      return IsReceiverGone(delivery) ? Response::RECEIVER_GONE
                                      : Response::SCHEDULE_ENDED;
  }
}

Reason ReasonOf(const DeliveryFacts& facts, absl::Time now) {
  if (!facts.delivery) return ReasonWithoutDelivery(facts);
  switch (facts.delivery->state()) {
    case v1::Delivery::PENDING:
      return ReasonOfPending(facts, now);
    case v1::Delivery::IN_FLIGHT:
      return Response::IN_FLIGHT;
    case v1::Delivery::DELIVERED:
      return Response::DELIVERED;
    case v1::Delivery::FAILED:
      return ReasonOfFailed(*facts.delivery);
    case v1::Delivery::HELD:
      return facts.webhook && facts.webhook->active()
                 ? Response::WEBHOOK_WITHOUT_URL
                 : Response::WEBHOOK_INACTIVE;
    default:
      return facts.webhook ? Response::CANCELLED : Response::WEBHOOK_REMOVED;
  }
}

absl::string_view TextOf(Reason reason) {
  switch (reason) {
    case Response::DELIVERED:
      return "the receiver accepted it";
    case Response::IN_FLIGHT:
      return "an attempt is being made";
    case Response::SCHEDULED:
      return "the publisher scheduled it for later";
    case Response::WAITING:
      return "it is due and waits for its turn";
    case Response::RETRYING:
      return "the last attempt failed; another one follows";
    case Response::BEHIND_ANOTHER:
      return "the webhook is ordered, and an earlier event is not delivered "
             "yet";
    case Response::WEBHOOK_INACTIVE:
      return "the webhook is inactive; the event is delivered once active is "
             "set to true";
    case Response::WEBHOOK_WITHOUT_URL:
      return "the webhook has no url; the event is delivered once it has one";
    case Response::SCHEDULE_ENDED:
      return "all attempts of the schedule have failed";
    case Response::RECEIVER_GONE:
      return "the receiver answered 410 Gone, which makes the webhook "
             "inactive: set active to true to send to it again";
    case Response::EXPIRED:
      return "it waited longer than the retention period";
    case Response::EVENT_DAMAGED:
      return "the stored event is damaged";
    case Response::CANCELLED:
      return "it was cancelled";
    case Response::WEBHOOK_REMOVED:
      return "the webhook was removed";
    case Response::WEBHOOK_IS_NEWER:
      return "the webhook was created after the event was published; POST "
             "/events/{id}:deliver (webhookctl event deliver) delivers it "
             "nevertheless";
    case Response::NOT_IN_SCOPE:
      return "the webhook did not listen to the event's type when it was "
             "published; POST /events/{id}:deliver (webhookctl event "
             "deliver) delivers it nevertheless";
    default:
      return "";
  }
}

bool BlocksOthers(const DeliveryFacts& facts, Reason reason) {
  return reason == Response::RETRYING && facts.others_wait && facts.webhook &&
         facts.webhook->delivery().ordered();
}

// Returns the cause if the service has deactivated the webhook; else "".
std::string DeactivationText(const v1::Webhook& webhook) {
  if (!webhook.has_deactivation()) return "";
  return absl::StrCat(
      "; the service deactivated it: ",
      v1::Deactivation::Reason_Name(webhook.deactivation().reason()));
}

// Returns the reason, and the outcome of the latest attempt.
std::string MessageOf(const DeliveryFacts& facts, Reason reason) {
  std::string message(TextOf(reason));
  if (reason == Response::BEHIND_ANOTHER) {
    absl::StrAppend(&message, ": delivery ", *facts.first_in_line,
                    " is the first in line");
  }
  if (reason == Response::WEBHOOK_INACTIVE && facts.webhook) {
    absl::StrAppend(&message, DeactivationText(*facts.webhook));
  }
  if (!facts.delivery || facts.delivery->attempts().empty()) return message;
  const v1::Attempt& latest = *facts.delivery->attempts().rbegin();
  absl::StrAppend(&message, "; attempt ", latest.number(), ": ");
  if (latest.has_error()) {
    absl::StrAppend(&message, v1::Attempt::Error_Name(latest.error()), " (",
                    latest.error_detail(), ")");
  } else {
    absl::StrAppend(&message, latest.status());
  }
  if (BlocksOthers(facts, reason)) {
    absl::StrAppend(&message, "; the webhook is ordered: others wait for it");
  }
  return message;
}

// The next attempt of a delivery behind another one depends on the other.
bool IsNextAttemptKnown(const DeliveryFacts& facts, Reason reason) {
  return facts.delivery->has_next_attempt_at() &&
         reason != Response::BEHIND_ANOTHER;
}

// Adds the pause to the explanation of a pending delivery, and delays its next
// attempt until the end of the pause.
void AddPause(absl::Time end, Response& response) {
  const absl::Time until =
      absl::UnixEpoch() + absl::Ceil(end - absl::UnixEpoch(), absl::Seconds(1));
  absl::StrAppend(
      response.mutable_message(), "; the webhook is paused until ",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", until, absl::UTCTimeZone()),
      " because its receiver was overloaded or asked for a wait");
  if (response.has_next_attempt_at() &&
      FromTimestamp(response.next_attempt_at()) < until) {
    *response.mutable_next_attempt_at() = ToTimestamp(until);
  }
}

}  // namespace

v1::ExplainDeliveryResponse Explain(const DeliveryFacts& facts, absl::Time now,
                                    std::optional<absl::Time> paused_until) {
  Response response;
  response.set_reason(ReasonOf(facts, now));
  response.set_message(MessageOf(facts, response.reason()));
  absl::Time signed_at = now;
  if (facts.delivery) {
    *response.mutable_delivery() = *facts.delivery;
    if (IsNextAttemptKnown(facts, response.reason())) {
      *response.mutable_next_attempt_at() = facts.delivery->next_attempt_at();
    }
    if (paused_until && facts.delivery->state() == v1::Delivery::PENDING) {
      AddPause(*paused_until, response);
    }
    if (!facts.delivery->attempts().empty()) {
      signed_at =
          FromTimestamp(facts.delivery->attempts().rbegin()->started_at());
    }
  }
  const std::string body = DeliveryBody(facts.event);
  response.set_signed_content(
      SignedContent(facts.event.id_event(), signed_at, body));
  response.set_signed_data(JsMember(body, "data").value_or(""));
  return response;
}

}  // namespace webhooks::server
