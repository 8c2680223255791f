#ifndef WEBHOOKS_STORAGE_STORE_OBSERVER_H_
#define WEBHOOKS_STORAGE_STORE_OBSERVER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// An event that was published. Ids are text.
struct PublishedEvent {
  std::string id;
  std::string project;
  std::string type;
  int matched_webhooks = 0;
  // The trace of the call that published it.
  TraceHeaders trace;
};

// A change of a delivery for another reason than an attempt. Ids are text.
struct DeliveryChange {
  enum class Kind {
    kHeld,       // it waits until its webhook can receive
    kMade,       // it was made after the publication
    kRestarted,  // its schedule begins anew
    kCancelled,  // by a call, or as its webhook was removed
    kExpired,    // it failed: it waited for longer than the retention
    kDamaged,    // it failed: its event cannot be read
  };

  std::string delivery;
  std::string event;
  Endpoint endpoint;
  Kind kind = Kind::kHeld;
};

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
  virtual void WebhookDeactivated(const Endpoint& /*endpoint*/,
                                  v1::Deactivation::Reason /*reason*/) {}

  // An event was published. Repeats do not count.
  virtual void EventPublished(const PublishedEvent& /*event*/) {}

  // A delivery was changed for another reason than an attempt. A store need not
  // report kHeld for an event that has thousands of deliveries.
  virtual void DeliveryChanged(const DeliveryChange& /*change*/) {}

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
