#ifndef WEBHOOKS_STORAGE_STORE_OBSERVER_H_
#define WEBHOOKS_STORAGE_STORE_OBSERVER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Receives what a store does, for metrics and the log. Each method does nothing
// unless it is overridden. Called on threads of the store and of its callers,
// several at once; must not block, and must not call the store.
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

  // The database failed at `operation`, such as "commit". `cause` is the
  // driver's own message.
  virtual void Faulted(absl::string_view /*operation*/,
                       absl::string_view /*cause*/) {}

  // Returns an observer that ignores everything.
  static StoreObserver& None() {
    static StoreObserver none;
    return none;
  }
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_OBSERVER_H_
