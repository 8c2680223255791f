#include "server/ctl/held_events.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "server/ctl/lists.h"
#include "server/runtime/trace_context.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::ctl {
namespace {

// Returns the held deliveries of the webhook, oldest first.
absl::StatusOr<std::vector<v1::Delivery>> Held(Session& session,
                                               const std::string& webhook) {
  v1::ListDeliveriesRequest wanted;
  wanted.set_id_webhook_endpoint(webhook);
  wanted.set_state(v1::Delivery::HELD);
  auto held = ListSome<v1::Delivery>(
      0, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); });
  if (held.ok()) std::reverse(held->begin(), held->end());
  return held;
}

// Handles one held delivery as if the server had sent it now, and cancels it if
// it was accepted. Returns false if it was not.
absl::StatusOr<bool> HandleOne(Session& session, const v1::Webhook& webhook,
                               const v1::Delivery& delivery,
                               ReceivedEvents& events) {
  v1::ExplainDeliveryRequest explain;
  explain.set_id_event(delivery.id_event());
  explain.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
  const auto explanation = session.client.Call<v1::ExplainDeliveryResponse>(
      "webhooks.v1.DeliveryService/Explain", explain);
  if (!explanation.ok()) return explanation.status();
  // "id.seconds.body"
  const std::vector<std::string> parts =
      absl::StrSplit(explanation->signed_content(), absl::MaxSplits('.', 2));
  if (parts.size() < 3) {
    return absl::InternalError("the server did not tell what is signed");
  }
  const absl::Time now = absl::Now();
  const std::string& body = parts[2];
  const Headers headers = {
      {"content-type", "application/json"},
      {"traceparent", StartSpan("", "").Traceparent()},
      {"webhook-id", parts[0]},
      {"webhook-timestamp", absl::StrCat(absl::ToUnixSeconds(now))},
      {"webhook-signature",
       server::StandardSignature(server::SignedContent(parts[0], now, body),
                                 webhook.secret())},
      {"panora-signature",
       server::PanoraSignature(body, webhook.secret()).value_or("")}};
  if (!IsSuccess(events.Handle(headers, body).status)) return false;
  v1::CancelDeliveryRequest cancel;
  cancel.set_id(delivery.id_delivery());
  const auto cancelled = session.client.Call<v1::Delivery>(
      "webhooks.v1.DeliveryService/Cancel", cancel);
  if (!cancelled.ok()) return cancelled.status();
  return true;
}

}  // namespace

absl::StatusOr<bool> HandleHeldEvents(Session& session,
                                      const v1::Webhook& webhook,
                                      ReceivedEvents& events,
                                      absl::FunctionRef<bool()> must_stop) {
  const auto held = Held(session, webhook.id_webhook_endpoint());
  if (!held.ok()) return held.status();
  for (const v1::Delivery& delivery : *held) {
    if (must_stop()) break;
    const auto accepted = HandleOne(session, webhook, delivery, events);
    if (!accepted.ok()) return accepted.status();
    if (!*accepted) return false;
  }
  return true;
}

}  // namespace webhooks::ctl
