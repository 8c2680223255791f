#ifndef WEBHOOKS_STORAGE_SQL_ROWS_HEALTH_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_HEALTH_ROWS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/notifications.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// Records the outcome of an attempt with its webhook, in several steps inside
// the caller's transaction. Deactivates the webhook if the outcome requires it,
// and publishes kDeactivatedType then.
absl::Status RecordHealth(Connection& connection, const Sealer& sealer,
                          const AttemptResult& result,
                          Notifications& notifications);

// Deactivates a webhook whose row cannot be decrypted. Publishes no event,
// since the content of the row is not known.
absl::Status DeactivateDamaged(Connection& connection, const Endpoint& endpoint,
                               absl::Time now, Notifications& notifications);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_HEALTH_ROWS_H_
