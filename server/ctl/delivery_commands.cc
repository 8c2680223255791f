#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/ctl/command.h"
#include "server/ctl/delivery_tables.h"
#include "server/ctl/followed_deliveries.h"
#include "server/ctl/lists.h"
#include "server/ctl/short_ids.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

constexpr absl::Duration kFollowInterval = absl::Seconds(1);

absl::Status SetState(const std::string& text,
                      v1::ListDeliveriesRequest& wanted) {
  v1::Delivery::State state;
  if (!v1::Delivery::State_Parse(absl::AsciiStrToUpper(text), &state)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--state: must be pending, in_flight, delivered, failed, "
                     "held or cancelled, not '",
                     text, "'"));
  }
  wanted.set_state(state);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListDeliveriesRequest> RequestOf(Session& session) {
  const Options& options = session.options;
  v1::ListDeliveriesRequest wanted;
  if (options.webhook) {
    const auto id = WebhookId(session, *options.webhook);
    if (!id.ok()) return id.status();
    wanted.set_id_webhook_endpoint(*id);
  }
  if (options.event) {
    const auto id = EventId(session, *options.event);
    if (!id.ok()) return id.status();
    wanted.set_id_event(*id);
  }
  if (options.event_type) wanted.set_event_type(*options.event_type);
  SetTimes(options, wanted);
  if (options.state) {
    absl::Status known = SetState(*options.state, wanted);
    if (!known.ok()) return known;
  }
  return wanted;
}

absl::StatusOr<v1::ListDeliveriesResponse> ListPage(
    Session& session, const v1::ListDeliveriesRequest& request) {
  return session.client.Call<v1::ListDeliveriesResponse>(
      "webhooks.v1.DeliveryService/List", request);
}

absl::StatusOr<v1::Delivery> Get(Session& session, const std::string& id) {
  v1::GetDeliveryRequest request;
  request.set_id(id);
  return session.client.Call<v1::Delivery>("webhooks.v1.DeliveryService/Get",
                                           request);
}

absl::StatusOr<std::vector<v1::Delivery>> Deliveries(
    Session& session, const v1::ListDeliveriesRequest& wanted) {
  return ListAll<v1::Delivery>(
      session, wanted,
      [&](const auto& request) { return ListPage(session, request); },
      [](const auto& page) { return page.deliveries(); });
}

// Returns true for errors that may be over at the next call.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status);
}

// Prints each delivery once, and again when it changes. Goes on while the
// server cannot be reached or a limit is reached.
absl::Status Follow(Session& session, v1::ListDeliveriesRequest wanted) {
  FollowedDeliveries::Limits limits;
  limits.first = static_cast<std::size_t>(session.options.limit);
  FollowedDeliveries followed(
      {[&](const auto& request) { return ListPage(session, request); },
       [&](const std::string& id) { return Get(session, id); }},
      std::move(wanted), limits);
  bool has_heading = session.options.json;
  for (;;) {
    const auto changed = followed.Look(absl::Now());
    if (MayPass(changed.status())) {
      std::cerr << changed.status().message() << "\n";
    } else if (!changed.ok()) {
      return changed.status();
    } else {
      // After the first look: what is published once a reader sees the heading
      // is followed.
      if (!std::exchange(has_heading, true)) std::cout << FollowedHeading();
      for (const v1::Delivery& row : *changed) {
        std::cout << (session.options.json ? Json(row) + "\n"
                                           : FollowedLine(row, absl::Now()));
      }
    }
    if (!std::cout.flush()) {
      return absl::DataLossError("standard output cannot be written");
    }
    absl::SleepFor(kFollowInterval);
  }
}

absl::Status ListDeliveries(Session& session) {
  const auto wanted = RequestOf(session);
  if (!wanted.ok()) return wanted.status();
  if (session.options.follow) return Follow(session, *wanted);
  const auto deliveries = Deliveries(session, *wanted);
  if (!deliveries.ok()) return deliveries.status();
  if (session.options.json) return PrintRows(session, *deliveries, {});
  std::cout << DeliveryHeading();
  for (const v1::Delivery& delivery : *deliveries) {
    std::cout << DeliveryLine(delivery, absl::Now());
  }
  return absl::OkStatus();
}

absl::Status GetDelivery(Session& session) {
  return PrintWithAttempts(session, Get(session, session.arguments[0]));
}

// Calls `rpc`, whose request has only the id of a delivery.
template <typename Request>
absl::Status ChangeDelivery(Session& session, const std::string& rpc) {
  Request request;
  request.set_id(session.arguments[0]);
  return PrintWithAttempts(session,
                           session.client.Call<v1::Delivery>(rpc, request));
}

absl::Status RetryDelivery(Session& session) {
  return ChangeDelivery<v1::RetryDeliveryRequest>(
      session, "webhooks.v1.DeliveryService/Retry");
}

absl::Status CancelDelivery(Session& session) {
  return ChangeDelivery<v1::CancelDeliveryRequest>(
      session, "webhooks.v1.DeliveryService/Cancel");
}

absl::Status TestDelivery(Session& session) {
  v1::TestWebhookRequest request;
  request.set_id(session.arguments[0]);
  if (session.options.data) request.set_data(*session.options.data);
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
       {"event_type", "data"},
       "Sends an example event to a webhook, and shows the attempt; fails if "
       "the receiver does not accept it.",
       &TestDelivery},
      {"delivery list",
       "",
       {"webhook", "event", "event_type", "state", "start_time", "end_time",
        "since", "limit", "follow"},
       "Lists the deliveries of the key's project, newest first. DELIVERY, "
       "EVENT and WEBHOOK are ids, or the parts of them that lists show.",
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
  };
}

}  // namespace webhooks::ctl
