#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/scheduler.h"

namespace webhooks::server {

// The values of the flags for deliveries; see their help texts.
struct DeliveryConfig {
  bool deliver = true;
  Scheduler::Options scheduler;
  CurlSender::Options sender;
  absl::Duration retention = absl::Hours(24 * 30);
};

// Reads the flags. INVALID_ARGUMENT names the flag and the fault of its value.
absl::StatusOr<DeliveryConfig> ReadDeliveryConfig();

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_
