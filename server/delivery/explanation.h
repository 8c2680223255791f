#ifndef WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_
#define WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_

#include <optional>

#include "absl/time/time.h"
#include "storage/delivery_store.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::server {

// Returns why the event was or was not delivered, as of `now`. `paused_until`
// is the end of the endpoint's pause; nullopt if it is not paused.
v1::ExplainDeliveryResponse Explain(const DeliveryFacts& facts, absl::Time now,
                                    std::optional<absl::Time> paused_until);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_EXPLANATION_H_
