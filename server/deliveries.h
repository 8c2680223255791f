#ifndef WEBHOOKS_SERVER_DELIVERIES_H_
#define WEBHOOKS_SERVER_DELIVERIES_H_

#include <optional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/call/entropy.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/scheduler.h"
#include "server/delivery_config.h"
#include "server/observability/delivery_metrics.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Sends what waits, writes a log line for each attempt, and measures it.
class Deliveries {
 public:
  // All must outlive this.
  Deliveries(DeliveryQueue& queue, Entropy& entropy,
             const DeliveryConfig& config, DeliveryMetrics& metrics);

  // Ends as Scheduler::BeginStop says, by the deadline of BeginStop.
  ~Deliveries();

  // Returns the sender, which others may use too. It works from the beginning,
  // until BeginStop's deadline.
  Sender& sender() { return sender_; }

  // Returns the current figures; from Start on.
  Scheduler::Figures figures() const { return scheduler_->figures(); }

  // See Scheduler::PausedUntil; nullopt before Start.
  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const {
    return scheduler_ ? scheduler_->PausedUntil(endpoint) : std::nullopt;
  }

  // Begins to send what waits. At most once.
  void Start();

  // See Scheduler::BeginStop. At most once.
  void BeginStop(absl::Time deadline);

 private:
  DeliveryQueue& queue_;
  Entropy& entropy_;
  DeliveryMetrics& metrics_;
  const Scheduler::Options options_;
  CurlSender sender_;
  std::optional<Scheduler> scheduler_;
  absl::Notification ended_;
  std::thread abandons_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERIES_H_
