#ifndef WEBHOOKS_SERVER_SERVICES_DELIVERY_SETTINGS_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_DELIVERY_SETTINGS_RULES_H_

#include "google/rpc/error_details.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::server {

// Checks a webhook's settings against the comments of DeliverySettings. Adds
// each violation, with a field such as `delivery.headers["Name"]`.
void CheckDeliverySettings(const v1::DeliverySettings& settings,
                           google::rpc::BadRequest& violations);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_DELIVERY_SETTINGS_RULES_H_
