#ifndef WEBHOOKS_STORAGE_STORE_H_
#define WEBHOOKS_STORAGE_STORE_H_

#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "storage/event_store.h"
#include "storage/project_store.h"
#include "storage/server_store.h"
#include "storage/upkeep.h"
#include "storage/webhook_store.h"

namespace webhooks {

// The durable records of the service. Thread-safe. Calls do not block (but see
// CallOptions::may_block): they queue, and return their result to the
// completion `done`. Calls that wait at the same time complete in any order.
//
// Promises of every call:
// - A change that has completed with OK survives the end of the process and of
//   the machine. A change that ends with an error has no effect.
// - A call that begins after the completion of a change sees that change.
// - Besides its own errors a call can end with RESOURCE_EXHAUSTED (STORAGE_BUSY
//   at once if too many calls wait, STORAGE_FULL), UNAVAILABLE
//   (STORAGE_UNAVAILABLE; OUTCOME_UNKNOWN, after which the change can have its
//   effect nevertheless), INTERNAL (STORAGE_FAILURE), DATA_LOSS
//   (RECORD_DAMAGED), DEADLINE_EXCEEDED and CANCELLED (see CallOptions).
// - Ids are UUIDs as text, in either case. Text that is not a UUID is the id of
//   no record: NOT_FOUND.
// - Secrets and settings of webhooks, and answers that are kept for
//   Idempotency, are stored sealed: see storage/sealing. API keys are stored as
//   hashes only.
class Store : public WebhookStore,
              public ProjectStore,
              public EventStore,
              public DeliveryStore,
              public DeliveryQueue,
              public ServerStore,
              public Upkeep {
 public:
  // Completes every call that was accepted, then closes. No call may begin
  // after the destructor has begun.
  ~Store() override = default;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_H_
