#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.grpc.pb.h"

namespace webhooks::ctl {
namespace {

using Deliveries = v1::DeliveryService;
using Stub = v1::DeliveryService::Stub;

absl::Status SetState(const std::string& text,
                      v1::ListDeliveriesRequest& wanted) {
  v1::Delivery::State state;
  if (!v1::Delivery::State_Parse(absl::AsciiStrToUpper(text), &state)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--state: '", text, "' is no state of a delivery"));
  }
  wanted.set_state(state);
  return absl::OkStatus();
}

absl::Status List(Session& session) {
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
        return session.client.Call<Deliveries>(&Stub::List, request);
      },
      [](const auto& page) { return page.deliveries(); });
  if (!deliveries.ok()) return deliveries.status();
  return PrintRows(session, *deliveries,
                   {"id_delivery", "event_type", "state", "attempt_count",
                    "created_at", "next_attempt_at", "id_webhook_endpoint"});
}

absl::Status Get(Session& session) {
  v1::GetDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<Deliveries>(&Stub::Get, request));
}

absl::Status Retry(Session& session) {
  v1::RetryDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<Deliveries>(&Stub::Retry, request));
}

absl::Status Cancel(Session& session) {
  v1::CancelDeliveryRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<Deliveries>(&Stub::Cancel, request));
}

absl::Status Explain(Session& session) {
  v1::ExplainDeliveryRequest request;
  request.set_id_event(session.arguments[0]);
  request.set_id_webhook_endpoint(session.arguments[1]);
  return PrintResult(session,
                     session.client.Call<Deliveries>(&Stub::Explain, request));
}

absl::Status Test(Session& session) {
  v1::TestWebhookRequest request;
  request.set_id(session.arguments[0]);
  if (session.options.event_type) request.set_type(*session.options.event_type);
  const auto attempt = session.client.Call<Deliveries>(&Stub::Test, request);
  absl::Status printed = PrintResult(session, attempt);
  if (!printed.ok() || !attempt->has_error()) return printed;
  return absl::UnknownError(
      absl::StrCat("the receiver did not take it: ",
                   v1::Attempt::Error_Name(attempt->error())));
}

}  // namespace

std::vector<Command> DeliveryCommands() {
  return {
      {"webhook test",
       "WEBHOOK",
       {"event_type"},
       "Sends an example event to a webhook, and shows the attempt; fails "
       "where the receiver did not take it.",
       &Test},
      {"delivery list",
       "",
       {"webhook", "event", "event_type", "state", "start_time", "end_time",
        "limit"},
       "Lists the deliveries of the key's project, the newest first.",
       &List},
      {"delivery get",
       "DELIVERY",
       {},
       "Shows one delivery with its attempts.",
       &Get},
      {"delivery retry",
       "DELIVERY",
       {},
       "Attempts a delivery again, at once.",
       &Retry},
      {"delivery cancel",
       "DELIVERY",
       {},
       "Makes no further attempt of a delivery.",
       &Cancel},
      {"delivery explain",
       "EVENT WEBHOOK",
       {},
       "Tells why an event was or was not delivered to a webhook.",
       &Explain},
  };
}

}  // namespace webhooks::ctl
