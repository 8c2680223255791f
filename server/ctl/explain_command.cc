#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/rpc/status.h"
#include "server/ctl/command.h"
#include "server/ctl/delivery_tables.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

// The command delivery explain.
namespace webhooks::ctl {
namespace {

absl::StatusOr<v1::ExplainDeliveryResponse> Explain(
    Session& session, const std::string& event, const std::string& webhook) {
  v1::ExplainDeliveryRequest request;
  request.set_id_event(event);
  request.set_id_webhook_endpoint(webhook);
  return session.client.Call<v1::ExplainDeliveryResponse>(
      "webhooks.v1.DeliveryService/Explain", request);
}

// Returns the ids of the webhooks of the project, then those of removed ones
// that the event has a delivery to.
absl::StatusOr<std::vector<std::string>> WebhooksOf(Session& session,
                                                    const std::string& event) {
  const auto webhooks = ListAll<v1::Webhook>(
      session, v1::ListWebhooksRequest(),
      [&](const auto& request) {
        return session.client.Call<v1::ListWebhooksResponse>(
            "webhooks.v1.WebhookService/List", request);
      },
      [](const auto& page) { return page.webhooks(); });
  if (!webhooks.ok()) return webhooks.status();
  v1::ListDeliveriesRequest wanted;
  wanted.set_id_event(event);
  const auto deliveries = ListAll<v1::Delivery>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); });
  if (!deliveries.ok()) return deliveries.status();
  std::vector<std::string> ids;
  for (const auto& row : *webhooks) ids.push_back(row.id_webhook_endpoint());
  const absl::flat_hash_set<std::string> present(ids.begin(), ids.end());
  for (const auto& row : *deliveries) {
    if (!present.contains(row.id_webhook_endpoint())) {
      ids.push_back(row.id_webhook_endpoint());
    }
  }
  return ids;
}

// Explains the event for each webhook of WebhooksOf, up to --limit.
absl::StatusOr<std::vector<WebhookExplanation>> ExplainAll(
    Session& session, const std::string& event) {
  const auto webhooks = WebhooksOf(session, event);
  if (!webhooks.ok()) return webhooks.status();
  const auto limit = static_cast<std::size_t>(session.options.limit);
  std::vector<WebhookExplanation> all;
  for (const std::string& id : *webhooks) {
    if (limit > 0 && all.size() == limit) break;
    auto explanation = Explain(session, event, id);
    // It was removed after it was listed, and has no delivery.
    if (Reason(explanation.status()) == "WEBHOOK_NOT_FOUND") continue;
    if (!explanation.ok()) return explanation.status();
    all.push_back({id, *std::move(explanation)});
  }
  return all;
}

absl::Status ExplainDelivery(Session& session) {
  const std::string& event = session.arguments[0];
  if (session.arguments.size() > 1) {
    return PrintWithAttempts(session,
                             Explain(session, event, session.arguments[1]));
  }
  const auto all = ExplainAll(session, event);
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

}  // namespace

std::vector<Command> ExplainCommands() {
  return {
      {"delivery explain",
       "EVENT [WEBHOOK]",
       {"limit"},
       "Shows why an event was or was not delivered to a webhook, or to each "
       "webhook of the project.",
       &ExplainDelivery},
  };
}

}  // namespace webhooks::ctl
