#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "proto/time.h"
#include "server/ctl/command.h"
#include "server/ctl/delivery_tables.h"
#include "server/ctl/lists.h"
#include "server/ctl/short_ids.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

// The interval between the lists of --follow, and the number of deliveries in
// each.
constexpr absl::Duration kFollowInterval = absl::Seconds(1);
constexpr std::size_t kMaxFollowed = 1000;

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

absl::StatusOr<std::vector<v1::Delivery>> Deliveries(
    Session& session, const v1::ListDeliveriesRequest& wanted,
    std::size_t limit) {
  return ListSome<v1::Delivery>(
      limit, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); });
}

void PrintLine(const Session& session, const v1::Delivery& delivery) {
  std::cout << (session.options.json ? Json(delivery) + "\n"
                                     : DeliveryLine(delivery, absl::Now()));
}

// Prints each delivery once, and again when it changes. Goes on while the
// server cannot be reached.
absl::Status Follow(Session& session, v1::ListDeliveriesRequest wanted) {
  if (!wanted.has_start_time()) {
    *wanted.mutable_start_time() = ToTimestamp(absl::Now());
  }
  absl::flat_hash_map<std::string, std::pair<int, int>> printed;
  if (!session.options.json) std::cout << DeliveryHeading();
  while (std::cout.flush()) {
    auto deliveries = Deliveries(session, wanted, kMaxFollowed);
    if (absl::IsUnavailable(deliveries.status())) {
      std::cerr << deliveries.status().message() << "\n";
      deliveries.emplace();
    }
    if (!deliveries.ok()) return deliveries.status();
    for (auto it = deliveries->rbegin(); it != deliveries->rend(); ++it) {
      const std::pair<int, int> now(it->state(), it->attempt_count());
      auto& before = printed[it->id_delivery()];
      if (std::exchange(before, now) != now) PrintLine(session, *it);
    }
    absl::SleepFor(kFollowInterval);
  }
  return absl::DataLossError("standard output cannot be written");
}

absl::Status ListDeliveries(Session& session) {
  const auto wanted = RequestOf(session);
  if (!wanted.ok()) return wanted.status();
  if (session.options.follow) return Follow(session, *wanted);
  const auto deliveries = Deliveries(
      session, *wanted, static_cast<std::size_t>(session.options.limit));
  if (!deliveries.ok()) return deliveries.status();
  if (session.options.json) return PrintRows(session, *deliveries, {});
  std::cout << DeliveryHeading();
  for (const v1::Delivery& delivery : *deliveries) PrintLine(session, delivery);
  return absl::OkStatus();
}

absl::Status GetDelivery(Session& session) {
  const auto id = DeliveryId(session, session.arguments[0]);
  if (!id.ok()) return id.status();
  v1::GetDeliveryRequest request;
  request.set_id(*id);
  const auto delivery = session.client.Call<v1::Delivery>(
      "webhooks.v1.DeliveryService/Get", request);
  if (!delivery.ok() || session.options.json) {
    return PrintResult(session, delivery);
  }
  std::cout << Details(*delivery, "attempts");
  if (const std::string attempts = AttemptTable(*delivery); !attempts.empty()) {
    std::cout << "\n" << attempts;
  }
  return absl::OkStatus();
}

// Calls `rpc`, whose request has only the id of a delivery.
template <typename Request>
absl::Status ChangeDelivery(Session& session, const std::string& rpc) {
  const auto id = DeliveryId(session, session.arguments[0]);
  if (!id.ok()) return id.status();
  Request request;
  request.set_id(*id);
  return PrintResult(session, session.client.Call<v1::Delivery>(rpc, request));
}

absl::Status RetryDelivery(Session& session) {
  return ChangeDelivery<v1::RetryDeliveryRequest>(
      session, "webhooks.v1.DeliveryService/Retry");
}

absl::Status CancelDelivery(Session& session) {
  return ChangeDelivery<v1::CancelDeliveryRequest>(
      session, "webhooks.v1.DeliveryService/Cancel");
}

absl::StatusOr<v1::ExplainDeliveryResponse> Explain(
    Session& session, const std::string& event, const std::string& webhook) {
  v1::ExplainDeliveryRequest request;
  request.set_id_event(event);
  request.set_id_webhook_endpoint(webhook);
  return session.client.Call<v1::ExplainDeliveryResponse>(
      "webhooks.v1.DeliveryService/Explain", request);
}

// Explains the event for every webhook of the project.
absl::StatusOr<std::vector<WebhookExplanation>> ExplainAll(
    Session& session, const std::string& event) {
  const auto webhooks = ListAll<v1::Webhook>(
      session, v1::ListWebhooksRequest(),
      [&](const auto& request) {
        return session.client.Call<v1::ListWebhooksResponse>(
            "webhooks.v1.WebhookService/List", request);
      },
      [](const auto& page) { return page.webhooks(); });
  if (!webhooks.ok()) return webhooks.status();
  std::vector<WebhookExplanation> all;
  for (const v1::Webhook& webhook : *webhooks) {
    const std::string& id = webhook.id_webhook_endpoint();
    auto explanation = Explain(session, event, id);
    if (!explanation.ok()) return explanation.status();
    all.push_back({id, *std::move(explanation)});
  }
  return all;
}

absl::Status ExplainDelivery(Session& session) {
  const auto event = EventId(session, session.arguments[0]);
  if (!event.ok()) return event.status();
  if (session.arguments.size() > 1) {
    const auto webhook = WebhookId(session, session.arguments[1]);
    if (!webhook.ok()) return webhook.status();
    return PrintResult(session, Explain(session, *event, *webhook));
  }
  const auto all = ExplainAll(session, *event);
  if (!all.ok()) return all.status();
  if (!session.options.json) {
    std::cout << ExplanationTable(*all);
    if (all->empty()) std::cerr << "The project has no webhooks.\n";
    return absl::OkStatus();
  }
  std::cout << "["
            << absl::StrJoin(
                   *all, ",",
                   [](std::string* out, const auto& one) {
                     absl::StrAppend(
                         out, "{\"id_webhook_endpoint\":\"", one.webhook,
                         "\",\"explanation\":", Json(one.explanation), "}");
                   })
            << "]\n";
  return absl::OkStatus();
}

absl::Status TestDelivery(Session& session) {
  const auto id = WebhookId(session, session.arguments[0]);
  if (!id.ok()) return id.status();
  v1::TestWebhookRequest request;
  request.set_id(*id);
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
      {"delivery explain",
       "EVENT [WEBHOOK]",
       {"limit"},
       "Shows why an event was or was not delivered to a webhook, or to each "
       "webhook of the project.",
       &ExplainDelivery},
  };
}

}  // namespace webhooks::ctl
