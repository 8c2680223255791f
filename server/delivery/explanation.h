#ifndef WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_
#define WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_

#include "absl/time/time.h"
#include "storage/delivery_store.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::server {

// Why the event was or was not delivered, as it looks at `now`.
v1::ExplainDeliveryResponse Explain(const DeliveryFacts& facts, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_
