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

// Delivers events: connects the scheduler, its sender, and the log line of each
// attempt. The caller serializes Start and BeginStop; the other calls are
// thread-safe after Start.
class Deliveries {
 public:
  // Called with each recorded attempt, on a thread of the scheduler. Must not
  // block.
  using AttemptObserver = std::function<void(const AttemptResult&)>;

  // `queue` and `entropy` must outlive this.
  Deliveries(DeliveryQueue& queue, Entropy& entropy,
             const DeliveryConfig& config, AttemptObserver observer);

  // Waits until the shutdown has finished; see Scheduler::BeginStop.
  ~Deliveries();

  // Returns the sender. Others may use it too, before Start and until the
  // deadline of BeginStop.
  Sender& sender() { return sender_; }

  // See Scheduler::stats. Only after Start.
  Scheduler::Stats stats() const { return scheduler_->stats(); }

  // See Scheduler::PausedUntil; nullopt before Start.
  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const {
    return scheduler_ ? scheduler_->PausedUntil(endpoint) : std::nullopt;
  }

  // Starts to send waiting deliveries. Call it at most once.
  void Start();

  // Starts a graceful shutdown; see Scheduler::BeginStop. Call it at most once.
  void BeginStop(absl::Time deadline);

 private:
  DeliveryQueue& queue_;
  Entropy& entropy_;
  const AttemptObserver observer_;
  const Scheduler::Options options_;
  CurlSender sender_;
  std::optional<Scheduler> scheduler_;
  absl::Notification ended_;
  std::thread abandon_thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERIES_H_
