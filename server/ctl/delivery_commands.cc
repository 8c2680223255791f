#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status SetState(const std::string& text,
                      v1::ListDeliveriesRequest& wanted) {
  v1::Delivery::State state;
  if (!v1::Delivery::State_Parse(absl::AsciiStrToUpper(text), &state)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--state: '", text, "' is not a state of a delivery"));
  }
  wanted.set_state(state);
  return absl::OkStatus();
}

absl::Status ListDeliveries(Session& session) {
  const Options& options = session.options;
  v1::ListDeliveriesRequest wanted;
  if (options.webhook) wanted.set_id_webhook_endpoint(*options.webhook);
  if (options.event) wanted.set_id_event(*options.event);
  if (options.event_type) wanted.set_event_type(*options.event_type);
  SetTimes(options, wanted);
  if (options.state) {
    absl::Status known = SetState(*options.state, wanted);
    if (!known.ok()) return known;
  }
  const auto deliveries = ListAll<v1::Delivery>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); });
  if (!deliveries.ok()) return deliveries.status();
  return PrintRows(session, *deliveries,
                   {"id_delivery", "event_type", "state", "attempt_count",
                    "created_at", "next_attempt_at", "id_webhook_endpoint"});
}

absl::Status GetDelivery(Session& session) {
  v1::GetDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session, session.client.Call<v1::Delivery>(
                                  "webhooks.v1.DeliveryService/Get", request));
}

absl::Status RetryDelivery(Session& session) {
  v1::RetryDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Delivery>(
                         "webhooks.v1.DeliveryService/Retry", request));
}

absl::Status CancelDelivery(Session& session) {
  v1::CancelDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Delivery>(
                         "webhooks.v1.DeliveryService/Cancel", request));
}

absl::Status ExplainDelivery(Session& session) {
  v1::ExplainDeliveryRequest request;
  request.set_id_event(session.arguments[0]);
  request.set_id_webhook_endpoint(session.arguments[1]);
  return PrintResult(session,
                     session.client.Call<v1::ExplainDeliveryResponse>(
                         "webhooks.v1.DeliveryService/Explain", request));
}

absl::Status TestDelivery(Session& session) {
  v1::TestWebhookRequest request;
  request.set_id(session.arguments[0]);
  if (session.options.event_type) request.set_type(*session.options.event_type);
  const auto attempt = session.client.Call<v1::Attempt>(
      "webhooks.v1.DeliveryService/Test", request);
  absl::Status printed = PrintResult(session, attempt);
  if (!printed.ok() || !attempt->has_error()) return printed;
  return absl::UnknownError(
      absl::StrCat("the receiver did not accept it: ",
                   v1::Attempt::Error_Name(attempt->error())));
}

}  // namespace

std::vector<Command> DeliveryCommands() {
  return {
      {"webhook test",
       "WEBHOOK",
       {"event_type"},
       "Sends an example event to a webhook, and shows the attempt; fails if "
       "the receiver does not accept it.",
       &TestDelivery},
      {"delivery list",
       "",
       {"webhook", "event", "event_type", "state", "start_time", "end_time",
        "limit"},
       "Lists the deliveries of the key's project, newest first.",
       &ListDeliveries},
      {"delivery get",
       "DELIVERY",
       {},
       "Shows one delivery with its attempts.",
       &GetDelivery},
      {"delivery retry",
       "DELIVERY",
       {},
       "Attempts a delivery again, at once.",
       &RetryDelivery},
      {"delivery cancel",
       "DELIVERY",
       {},
       "Cancels further attempts of a delivery.",
       &CancelDelivery},
      {"delivery explain",
       "EVENT WEBHOOK",
       {},
       "Shows why an event was or was not delivered to a webhook.",
       &ExplainDelivery},
  };
}

}  // namespace webhooks::ctl
