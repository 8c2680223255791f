#ifndef WEBHOOKS_STORAGE_STORE_OBSERVER_H_
#define WEBHOOKS_STORAGE_STORE_OBSERVER_H_

#include <cstdint>

#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Told of what a store does, for whoever measures it; what is not overridden is
// not looked at. Called on threads of the store and of its callers, several at
// once; it must not block nor call the store.
class StoreObserver {
 public:
  // The kinds of calls: those that only read, and those that may change
  // something.
  enum class Kind { kRead, kWrite };

  virtual ~StoreObserver() = default;

  // The number of calls that wait for their turn has changed by `change`.
  virtual void WaitingChanged(Kind /*kind*/, int /*change*/) {}

  // A call has ended, however it did, so long after it was made.
  virtual void CallEnded(Kind /*kind*/, absl::Duration /*latency*/) {}

  // One transaction had the changes of so many calls; it took so long until it
  // was durable, or had failed.
  virtual void Committed(int /*calls*/, absl::Duration /*duration*/) {}

  // A checkpoint took so long, whether or not it came to its end.
  virtual void Checkpointed(absl::Duration /*duration*/) {}

  // The log of what is not in the database's own file yet has so many bytes.
  virtual void LogChanged(std::int64_t /*bytes*/) {}

  // The failures of its attempts, or damage to its record, have made a webhook
  // inactive.
  virtual void WebhookDeactivated(v1::Deactivation::Reason /*reason*/) {}

  // `count` deliveries to a webhook have failed, since they waited for longer
  // than the retention.
  virtual void DeliveriesExpired(const Endpoint& /*endpoint*/, int /*count*/) {}

  // One that does not look at anything.
  static StoreObserver& Nobody() {
    static StoreObserver nobody;
    return nobody;
  }
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_OBSERVER_H_
