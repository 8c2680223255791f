#ifndef WEBHOOKS_STORAGE_SQL_ROWS_QUEUE_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_QUEUE_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"

// The statements of DeliveryQueue. Each function returns the status of the call
// that it serves, and changes inside the caller's transaction.
namespace webhooks::sql {

absl::StatusOr<std::vector<EndpointDue>> SelectEndpoints(
    Connection& connection, absl::string_view after, int limit);

absl::StatusOr<WaitingCounts> CountWaiting(Connection& connection, int limit);

// Leases deliveries, as work of the writer. An error that concerns one endpoint
// alone is in its EndpointLease::status.
std::vector<EndpointLease> LeaseDue(Connection& connection,
                                    const Sealer& sealer, Leases& leases,
                                    const std::vector<LeaseRequest>& requests,
                                    absl::Time now, absl::Duration duration,
                                    Notifications& notifications);

// Requests the row of a delivery, given by its 16 bytes, for WriteAttempt.
void PrefetchProgress(Connection& connection, const std::string& id);

// Records an attempt, as work of the writer. Leaves the lease as it is, since
// the transaction may still fail.
absl::StatusOr<RecordedAttempt> WriteAttempt(Connection& connection,
                                             const Sealer& sealer,
                                             const Leases& leases,
                                             const AttemptResult& result,
                                             Notifications& notifications);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_QUEUE_ROWS_H_
