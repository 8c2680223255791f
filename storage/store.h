#ifndef WEBHOOKS_STORAGE_STORE_H_
#define WEBHOOKS_STORAGE_STORE_H_

#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "storage/event_store.h"
#include "storage/project_store.h"
#include "storage/upkeep.h"
#include "storage/webhook_store.h"

namespace webhooks {

// The durable records of the service. Thread-safe. Calls never block: they
// queue, and the completion tells. Completions of calls that wait together may
// come in any order.
//
// Promises of every call:
// - A change whose completion is OK survives the end of the process and of the
//   machine, at any moment after; any other outcome of a change leaves nothing
//   of it.
// - A call begun after the completion of a change sees that change.
// - Besides its own errors a call can end with RESOURCE_EXHAUSTED (STORAGE_BUSY
//   at once when too many calls wait, STORAGE_FULL), UNAVAILABLE
//   (STORAGE_UNAVAILABLE), INTERNAL (STORAGE_FAILURE), DATA_LOSS
//   (RECORD_DAMAGED), DEADLINE_EXCEEDED and CANCELLED (see CallOptions).
// - Ids are UUIDs as text and read in either case. One that is not a UUID is
//   found nowhere: NOT_FOUND.
// - Secrets and settings of webhooks, and answers that are kept for
//   Idempotency, are stored sealed: see storage/sealing. API keys are stored as
//   hashes only.
class Store : public WebhookStore,
              public ProjectStore,
              public EventStore,
              public DeliveryStore,
              public DeliveryQueue,
              public Upkeep {
 public:
  // Ends every call that was accepted, then closes. No call may begin once the
  // destructor has.
  ~Store() override = default;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_H_
