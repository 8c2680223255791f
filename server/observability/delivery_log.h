#ifndef WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_LOG_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_LOG_H_

#include "storage/delivery_queue.h"
#include "storage/store_observer.h"
#include "webhooks/v1/webhook.pb.h"

// The log lines about events and deliveries, except those of attempts. Each has
// id_event, id_webhook_endpoint or both, so that a search for an id finds what
// happened to it. A line about a loss is a warning. Thread-safe.
namespace webhooks::server {

void LogPublication(const PublishedEvent& event);
void LogChange(const DeliveryChange& change);
void LogDeactivation(const Endpoint& endpoint, v1::Deactivation::Reason reason);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_DELIVERY_LOG_H_
