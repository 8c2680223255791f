#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/delivery/scheduler.h"
#include "server/delivery/target_guard.h"

namespace webhooks::server {

// The values of the flags about deliveries; see their help texts.
struct DeliveryConfig {
  bool deliver = true;
  Scheduler::Options scheduler;
  std::vector<AddressRange> allow_targets;
  absl::Duration connect_timeout;
  // See CurlSender::Options.
  absl::Duration connection_max_age;
  absl::Duration connection_max_idle;
  std::string ca_file;
  absl::Duration retention;
};

// Reads those flags. INVALID_ARGUMENT names the flag and says what is wrong.
absl::StatusOr<DeliveryConfig> ReadDeliveryConfig();

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_CONFIG_H_
