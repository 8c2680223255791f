#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERIES_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERIES_H_

#include <functional>
#include <optional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/delivery_config.h"
#include "server/delivery/scheduler.h"
#include "server/runtime/entropy.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// The delivery of events: the scheduler, its sender, and a log line for each
// attempt.
class Deliveries {
 public:
  // Called after each attempt, on a thread of the scheduler. Must not block.
  using AttemptObserver = std::function<void(const AttemptResult&)>;

  // `queue` and `entropy` must outlive this.
  Deliveries(DeliveryQueue& queue, Entropy& entropy,
             const DeliveryConfig& config, AttemptObserver observer);

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
  const AttemptObserver observer_;
  const Scheduler::Options options_;
  CurlSender sender_;
  std::optional<Scheduler> scheduler_;
  absl::Notification ended_;
  std::thread abandons_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERIES_H_
