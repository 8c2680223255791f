#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/delivery/sender.h"
#include "server/runtime/trace_context.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/webhook.pb.h"

// Makes the requests that receivers get: the contract's "A delivery".
namespace webhooks::server {

// The body: {"id_event", "type", "timestamp", "data"}.
std::string DeliveryBody(const v1::Event& event);

// The request that delivers `event` to `webhook` at `now`, signed with each of
// `secrets`; `timeout` holds where the webhook has none of its own.
HttpRequest MakeDeliveryRequest(const v1::Webhook& webhook,
                                const v1::WebhookSecrets& secrets,
                                const v1::Event& event, absl::Time now,
                                absl::Duration timeout);

// Has the request go on with the span's trace.
void AddTrace(const Span& span, HttpRequest& request);

// Returns true if a webhook may not have a header of this name of its own, in
// any case: the service sets it, or it belongs to the connection (RFC 9110,
// 7.6.1).
bool IsReservedHeader(absl::string_view name);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_REQUEST_H_
