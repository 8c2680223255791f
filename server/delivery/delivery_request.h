#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/delivery/sender.h"
#include "server/runtime/trace_context.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

// Makes the requests that receivers get; see "A delivery" in the contract.
namespace webhooks::server {

// Returns the body: {"id_event", "type", "timestamp", "data"}.
std::string DeliveryBody(const v1::Event& event);

// Returns the request that delivers `event` to `webhook` at `now`, signed with
// each of `secrets`. `timeout` applies if the webhook does not set one.
HttpRequest MakeDeliveryRequest(const v1::Webhook& webhook,
                                const v1::WebhookSecrets& secrets,
                                const v1::Event& event, absl::Time now,
                                absl::Duration timeout);

// Adds the trace headers of `span`.
void AddTrace(const Span& span, HttpRequest& request);

// Returns true if a webhook may not set a header of this name, since the
// service sets it or it belongs to the connection (RFC 9110, section 7.6.1).
// Ignores case.
bool IsReservedHeader(absl::string_view name);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_
