#ifndef WEBHOOKS_SERVER_DELIVERIES_H_
#define WEBHOOKS_SERVER_DELIVERIES_H_

#include "absl/time/time.h"
#include "server/call/entropy.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/scheduler.h"
#include "server/delivery_config.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Sends what waits, and a log line for each attempt.
class Deliveries {
 public:
  // Begins at once. Both must outlive this.
  Deliveries(DeliveryQueue& queue, Entropy& entropy,
             const DeliveryConfig& config);

  // Ends as Scheduler::Stop does, by the deadline of BeginStop.
  ~Deliveries() = default;

  // See Scheduler::BeginStop.
  void BeginStop(absl::Time deadline) { scheduler_.BeginStop(deadline); }

 private:
  CurlSender sender_;
  Scheduler scheduler_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERIES_H_
