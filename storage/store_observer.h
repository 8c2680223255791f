#ifndef WEBHOOKS_STORAGE_STORE_OBSERVER_H_
#define WEBHOOKS_STORAGE_STORE_OBSERVER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Receives events of a store, for metrics and the log. Each method does nothing
// unless it is overridden. Called on threads of the store and of its callers,
// on several at once; must not block, and must not call the store.
class StoreObserver {
 public:
  // The kinds of calls: a write is a call that may change something.
  enum class Kind { kRead, kWrite };

  virtual ~StoreObserver() = default;

  // The number of calls that wait in the queue has changed by `change`.
  virtual void WaitingChanged(Kind /*kind*/, int /*change*/) {}

  // A call has ended, with any status. `latency` includes its wait.
  virtual void CallEnded(Kind /*kind*/, absl::Duration /*latency*/) {}

  // A transaction with the changes of `calls` calls has been committed, or has
  // failed, after `duration`.
  virtual void Committed(int /*calls*/, absl::Duration /*duration*/) {}

  // A checkpoint has ended, with any result.
  virtual void Checkpointed(absl::Duration /*duration*/) {}

  // The write-ahead log, which the database file does not contain yet, has
  // `bytes`.
  virtual void LogChanged(std::int64_t /*bytes*/) {}

  // A webhook was deactivated, because its attempts failed or its record is
  // damaged.
  virtual void WebhookDeactivated(v1::Deactivation::Reason /*reason*/) {}

  // `count` deliveries to an endpoint have failed because they waited for
  // longer than the retention.
  virtual void DeliveriesExpired(const Endpoint& /*endpoint*/, int /*count*/) {}

  // `count` deliveries were cancelled, by a call or because their webhook was
  // removed.
  virtual void DeliveriesCancelled(int /*count*/) {}

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
